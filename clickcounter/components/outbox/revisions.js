/* Snapshots and totals carry the ledger's revision, so that an older one never replaces a newer one. */

/** The newer of two, either of which may be missing. A guess gives way to the server's word of the same revision. */
export const newer = (a, b) => (!a || (b && (b.revision > a.revision || (a.guessed && b.revision === a.revision))) ? b : a);
