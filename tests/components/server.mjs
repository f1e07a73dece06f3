/* A model of the server, as far as an outbox can tell it from the real one. */

export const FORBIDDEN_AMOUNT = 2; // this server refuses it

/** One counter with the rules of its ledger, in a few lines. */
export class Server {
  value = 10;
  revision = 0;
  round = 1;
  ledger = []; // { key, amount, round, of } of each saved click of this device
  closed = {}; // the total of each closed round
  snapshots = []; // after each commit, by revision
  upper = Infinity;
  lower = -Infinity;

  commit() {
    this.snapshots[++this.revision] = { value: this.value, round: this.round, keys: this.ledger.map(({ key }) => key) };
  }

  add(amount) {
    this.value += amount;
    this.commit();
  }

  reset() {
    this.closed[this.round++] = this.value;
    this.value = 0;
    this.commit();
  }

  /** Returns a code for each key, and the device's totals of the round if the commit changed them. */
  record(clicks) {
    const before = this.ledger.length;
    const codes = Object.fromEntries(clicks.map((click) => [click.key, this.#decide(click)]));
    const wrote = this.ledger.length > before;
    if (wrote) this.commit(); // also for a click of a closed round, which does not change the value
    const { up, down } = this.deviceTotals();
    return { codes, mine: wrote && this.ledger.slice(before).some(({ round }) => round === this.round) ? [up, down] : null };
  }

  /** The device's totals of this round, and its newest click that can be undone. */
  deviceTotals() {
    const own = this.ledger.filter(({ round }) => round === this.round);
    const sum = (side) => own.reduce((total, { amount, of }) => total + (amount > 0 === !of === side ? amount : 0), 0);
    const undoable = own.filter(({ key, of }) => !of && !own.some((row) => row.of === key));
    const last = undoable.length ? { key: undoable.at(-1).key, amount: undoable.at(-1).amount } : null;
    return { up: sum(true), down: sum(false), round: this.round, revision: this.revision, last };
  }

  #decide({ key, amount, round, of }) {
    if (this.ledger.some((row) => row.key === key)) return "saved";
    if (amount === FORBIDDEN_AMOUNT) return "amount";
    const isClosed = round in this.closed;
    const counted = isClosed ? round : this.round;
    if (of && !this.ledger.some((row) => row.key === of && row.round === counted && !row.of)) return "undo";
    if (of && this.ledger.some((row) => row.of === of)) return "undone";
    if (!isClosed && !of && amount > 0 && this.value + amount > this.upper) return "full";
    if (!isClosed && !of && amount < 0 && this.value + amount < this.lower) return "floor";
    if (isClosed) this.closed[round] += amount;
    else this.value += amount;
    this.ledger.push({ key, amount, round: counted, of });
    return "saved";
  }
}
