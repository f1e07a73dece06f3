/* Keeps the screen on where the browser allows it. The browser releases the lock whenever the page is hidden. */
import { useEffect } from "react";

export const useWakeLock = () => {
  useEffect(() => {
    let lock = null;
    let requesting = false;
    let unmounted = false;
    const acquire = async () => {
      if (requesting || lock || document.visibilityState !== "visible" || !navigator.wakeLock) return;
      requesting = true;
      try {
        lock = await navigator.wakeLock.request("screen");
        lock.addEventListener("release", () => (lock = null));
        if (unmounted) lock.release();
      } catch {
        // the battery is low, or the browser does not allow it
      }
      requesting = false;
    };
    acquire();
    document.addEventListener("visibilitychange", acquire);
    return () => {
      unmounted = true;
      document.removeEventListener("visibilitychange", acquire);
      lock?.release();
    };
  }, []);
};
