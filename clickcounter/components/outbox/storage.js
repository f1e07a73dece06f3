/* Clicks that are not saved yet, on this browser's disk: one record a click, naming its tab.
 *
 * IndexedDB, because localStorage is written seconds later and is lost with the browser, and because records of their own
 * let many tabs write at once. Records of tabs that do not answer are leftovers: any tab may send them, their keys see to it
 * that they count once.
 */

import { wire } from "./flight.js";

const NAME = "clickcounter";
const CLICKS = "clicks";
const BROWSER = "browser"; // what is the same for all tabs: the device's secret
const OPEN_WITHIN = 10000; // ms; some browsers have been seen never to answer
const ASK = 300; // ms that an open tab has to say that it is there

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const open = async () => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(CLICKS, { keyPath: "key" });
    request.result.createObjectStore(BROWSER);
  };
  return Promise.race([done(request), new Promise((_, reject) => setTimeout(reject, OPEN_WITHIN))]);
};

/** `tab` is this tab's random name; `onTrouble()` is called when something could not be stored, `onNews(news)` when another
 * tab of this browser told some. */
export const createStore = ({ tab, onTrouble, onNews }) => {
  const database = open();
  database.catch(onTrouble);
  let channel = null;
  const here = new Set();

  try {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = ({ data }) => {
      if (data.ask) channel.postMessage({ here: tab });
      else if (data.here) here.add(data.here);
      else if (data.news) onNews?.(data.news);
    };
  } catch {
    // without it every other tab seems silent: their clicks are sent twice, and count once
  }

  const write = async (work, name = CLICKS) => {
    try {
      const transaction = (await database).transaction(name, "readwrite", { durability: "strict" });
      work(transaction.objectStore(name));
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = transaction.onerror = () => reject(transaction.error);
      });
      return true;
    } catch {
      onTrouble();
      return false;
    }
  };

  const all = async () => {
    try {
      return await done((await database).transaction(CLICKS).objectStore(CLICKS).getAll());
    } catch {
      return [];
    }
  };

  return {
    /** This browser's secret; `fresh` where it has none yet.
     *
     * Two tabs that open at once agree, as their transactions take turns. localStorage is each process's own copy for a while.
     */
    async device(fresh) {
      let secret = fresh;
      await write((browser) => {
        const known = browser.get("device");
        known.onsuccess = () => (known.result ? (secret = known.result) : browser.put(fresh, "device"));
      }, BROWSER);
      return secret;
    },

    /** Resolves to true once the click is on disk. */
    keep: (counter, click) => write((clicks) => clicks.put({ ...wire(click), tab, counter })),

    /** The server has them, or the person has read why it has not. */
    drop: (keys) => write((clicks) => keys.forEach((key) => clicks.delete(key))),

    /** Keep a click that was refused for good, with why, until the person has read it. */
    refuse: (counter, click, why) => write((clicks) => clicks.put({ ...wire(click), tab, counter, why })),

    /** To the other tabs of this browser. */
    tell: (news) => channel?.postMessage({ news }),

    /** Clicks refused for good. */
    refused: async () => (await all()).filter((click) => click.why),

    /** Clicks of tabs that are gone. */
    async leftovers() {
      const others = (await all()).filter((click) => !click.why && click.tab !== tab);
      if (!others.length) return [];
      here.clear();
      channel?.postMessage({ ask: true });
      await new Promise((resolve) => setTimeout(resolve, ASK));
      const silent = new Set(others.filter((click) => !here.has(click.tab)).map((click) => click.key));
      return (await all()).filter((click) => silent.has(click.key)); // some may have been saved meanwhile
    },
  };
};
