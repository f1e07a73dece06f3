(() => {
  document.currentScript.remove(); // React expects to find what it made
  // A browser keeps what pages store by host, and another instance may be on this one below another path. So the names of
  // everything that is kept get the path at their end, but for the theme and the language, which are one person's.
  const end = ` ${document.documentElement.dataset.path}`, shared = ["theme", "last_compiled_theme", "clickcounter.lang"];
  const own = (name) => (shared.includes(name) ? name : name + end);
  for (const kind of ["localStorage", "sessionStorage"]) try {
    const storage = window[kind];
    const methods = {
      getItem: (name) => storage.getItem(own(name)),
      setItem: (name, text) => storage.setItem(own(name), text),
      removeItem: (name) => storage.removeItem(own(name)),
      clear: () => Object.keys(storage).filter((name) => name.endsWith(end)).forEach((name) => storage.removeItem(name)),
    };
    const value = new Proxy(methods, {
      get: (_, name) => methods[name] ?? storage[own(name)],
      set: (_, name, text) => (storage.setItem(own(name), text), true),
      has: (_, name) => own(name) in storage,
      deleteProperty: (_, name) => delete storage[own(name)],
    });
    Object.defineProperty(window, kind, { value });
  } catch {} // blocked
  addEventListener("storage", (event) => {
    const { key, oldValue, newValue, url } = event;
    if (!event.isTrusted || key === null || shared.includes(key)) return;
    event.stopImmediatePropagation();
    if (!key.endsWith(end)) return;
    const storageArea = null; // one of the above is no Storage
    dispatchEvent(new StorageEvent("storage", { key: key.slice(0, -end.length), oldValue, newValue, url, storageArea }));
  }, true);
  const renamed = (object, method) => {
    const native = object?.[method];
    if (native) object[method] = function (name, ...rest) { return native.call(this, own(name), ...rest) };
  };
  renamed(globalThis.IDBFactory?.prototype, "open");
  renamed(globalThis.IDBFactory?.prototype, "deleteDatabase");
  renamed(globalThis.LockManager?.prototype, "request");
  if (globalThis.BroadcastChannel) window.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) { super(own(name)) }
  };
})()
