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
const STORE_AGAIN = 1000; // ms until what could not be stored is tried again
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
 * somebody clears the site's data: `onLost()` is called then. */
const createConnection = (onLost) => {
  let connection = null; // a promise of a database
  const forget = (lost) => {
    if (connection === lost) connection = null;
  };
  const connect = () => {
    if (connection) return connection;
    const opening = openDatabase();
    connection = opening;
    const watch = (database) => {
      database.onclose = database.onversionchange = () => {
        database.close();
        forget(opening);
        onLost();
      };
    };
    opening.then(watch, () => forget(opening));
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
  const held = new Map(); // records by key that belong in storage
  const unstored = new Set(); // keys of those that are not there
  let retryTimer;
  let askedToPersist = false;
  let channel = null;
  const openTabs = new Set();

  /** The database was closed, and perhaps deleted: nobody would know that unsaved clicks are gone before the page is, too. */
  const onLost = async () => {
    if (!held.size) return;
    [...held.keys()].forEach((key) => unstored.add(key));
    store();
    if (agreedSecret) readSecret(await agreedSecret); // by which the server recognizes them
  };

  const withDatabase = createConnection(onLost);
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

  const store = async () => {
    let keys;
    const stored = await write((clicks) => {
      keys = [...unstored];
      keys.forEach((key) => clicks.put(held.get(key)));
    });
    clearTimeout(retryTimer);
    if (!stored) retryTimer = setTimeout(store, STORE_AGAIN); // a database that is being deleted cannot be opened yet
    else keys.forEach((key) => unstored.delete(key));
    if (stored && !unstored.size) onRecovery?.();
    return stored;
  };

  const put = (record) => {
    held.set(record.key, record);
    unstored.add(record.key);
    return store();
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
      for (const key of keys) {
        unstored.delete(key);
        held.delete(key);
      }
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
      const orphans = (await readAll()).filter((click) => orphaned.has(click.key)); // some may have been saved meanwhile
      orphans.forEach((click) => held.set(click.key, click));
      return orphans;
    },
  };
};
