/* Clicks that are not saved yet, in this browser's IndexedDB: one record for each click, with the name of its tab. Also the
 * device's secret, and the channel between this browser's tabs.
 *
 * Not in localStorage, which is written to disk seconds later and would be lost in a crash of the browser; and with a record
 * for each click, many tabs can write at once. Records of tabs that do not answer are orphans: any tab may send them, and
 * their keys make sure that they count once.
 *
 * The names and shapes of all records and messages are shared with open tabs of older versions.
 */
import { toWire } from "./batch.js";

const NAME = "clickcounter";
const CLICKS = "clicks";
const BROWSER = "browser"; // what all tabs share: the device's secret
const OPEN_TIMEOUT = 10000; // ms; some browsers have been seen never to answer
const ROLL_CALL = 300; // ms that an open tab has to say that it is there

const result = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const openDatabase = async () => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(CLICKS, { keyPath: "key" });
    request.result.createObjectStore(BROWSER);
  };
  return Promise.race([result(request), new Promise((_, reject) => setTimeout(reject, OPEN_TIMEOUT))]);
};

let agreedSecret = null; // a promise: all pages of a tab have one secret, even where nothing can be stored

/** The connection to the database, opened when it is needed. A browser may close it, as when a phone puts the tab to sleep or
 * somebody clears the site's data. */
const createConnection = () => {
  let connection = null; // a promise of a database
  const forget = (lost) => {
    if (connection === lost) connection = null;
  };
  const connect = () => {
    if (connection) return connection;
    const opening = openDatabase();
    connection = opening;
    opening.then((database) => (database.onclose = () => forget(opening)), () => forget(opening));
    return opening;
  };

  /** The result of `work(database)`, which is tried a second time, with a new connection, where it fails with the first. */
  return async (work) => {
    const used = connect();
    const database = await used;
    try {
      return await work(database);
    } catch {
      forget(used);
      database.close();
      return work(await connect());
    }
  };
};

/** Asks the browser not to delete the clicks when it runs short of disk space. */
const askToPersist = async () => {
  try {
    await navigator.storage.persist();
  } catch {
    // it decides by itself
  }
};

/** `tab` is this tab's random name; `onFailure()` is called when something could not be stored, `onRecovery()` when storing
 * works and nothing is left to store, `onBroadcast(news)` when another tab of this browser broadcasts news. */
export const createStorage = ({ tab, onFailure, onRecovery, onBroadcast }) => {
  const withDatabase = createConnection();
  const unstored = new Map(); // records by key that could not be stored; they are tried again with the next
  let askedToPersist = false;
  let channel = null;
  const openTabs = new Set();

  withDatabase(() => {}).catch(onFailure); // the person should know it before the first press

  try {
    channel = new BroadcastChannel(NAME);
    channel.onmessage = ({ data }) => {
      if (data.ask) channel.postMessage({ here: tab });
      else if (data.here) openTabs.add(data.here);
      else if (data.news) onBroadcast?.(data.news);
    };
  } catch {
    // without a channel all other tabs seem closed: their clicks are sent twice, and count once
  }

  const write = async (change, store = CLICKS) => {
    try {
      await withDatabase((database) => {
        const transaction = database.transaction(store, "readwrite", { durability: "strict" });
        change(transaction.objectStore(store));
        return new Promise((resolve, reject) => {
          transaction.oncomplete = resolve;
          transaction.onabort = transaction.onerror = () => reject(transaction.error);
        });
      });
      if (!unstored.size) onRecovery?.();
      return true;
    } catch {
      onFailure();
      return false;
    }
  };

  const put = async (record) => {
    const records = [...unstored.values(), record];
    const stored = await write((clicks) => records.forEach((one) => clicks.put(one)));
    records.forEach((one) => (stored ? unstored.delete(one.key) : unstored.set(one.key, one)));
    if (stored && !unstored.size) onRecovery?.();
    return stored;
  };

  const readAll = async () => {
    try {
      return await withDatabase((database) => result(database.transaction(CLICKS).objectStore(CLICKS).getAll()));
    } catch {
      return [];
    }
  };

  const readSecret = async (fresh) => {
    let secret = fresh;
    await write((browser) => {
      const stored = browser.get("device");
      stored.onsuccess = () => (stored.result ? (secret = stored.result) : browser.put(fresh, "device"));
    }, BROWSER);
    return secret;
  };

  return {
    /** This browser's secret; `fresh` if it has none yet.
     *
     * Two tabs that open at once agree, because their transactions take turns. In localStorage they might not: each process
     * has its own copy for a while.
     */
    deviceSecret: (fresh) => (agreedSecret ??= readSecret(fresh)),

    /** Resolves to true once the click is on disk. */
    save(counter, click) {
      if (!askedToPersist) askToPersist();
      askedToPersist = true;
      return put({ ...toWire(click), tab, counter });
    },

    /** The server has saved these clicks, or the person has read why it refused them. */
    remove(keys) {
      keys.forEach((key) => unstored.delete(key));
      return write((clicks) => keys.forEach((key) => clicks.delete(key)));
    },

    /** Keep a click that was refused for good, and why, until the person has read it. */
    markRefused: (counter, click, why) => put({ ...toWire(click), tab, counter, why }),

    /** Send news to the other tabs of this browser. */
    broadcast: (news) => channel?.postMessage({ news }),

    /** Clicks that were refused for good. */
    refused: async () => (await readAll()).filter((click) => click.why),

    /** Clicks of closed tabs. */
    async orphans() {
      const others = (await readAll()).filter((click) => !click.why && click.tab !== tab);
      if (!others.length) return [];
      openTabs.clear();
      channel?.postMessage({ ask: true });
      await new Promise((resolve) => setTimeout(resolve, ROLL_CALL));
      const orphaned = new Set(others.filter((click) => !openTabs.has(click.tab)).map((click) => click.key));
      return (await readAll()).filter((click) => orphaned.has(click.key)); // some may have been saved meanwhile
    },
  };
};
