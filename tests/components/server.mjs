/* The server's side of a click, as far as an outbox can tell. */

export const TOO_MUCH = 2; // an amount that this world's server refuses

/** The counter as rules.py and ledger.py have it, in a few lines. */
export class Server {
  value = 10;
  revision = 0;
  round = 1;
  ledger = []; // { key, amount, round, of } of each click of the tab's device that joined
  closed = {}; // the total of each closed round
  snapshots = []; // what stood after each commit, by revision
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

  /** A code for each key, and what the device added to the round, where the commit changed that. */
  record(clicks) {
    const before = this.ledger.length;
    const codes = Object.fromEntries(clicks.map((click) => [click.key, this.#decide(click)]));
    const wrote = this.ledger.length > before;
    if (wrote) this.commit(); // for a late click too, which changes no value
    const { up, down } = this.mine();
    return { codes, mine: wrote && this.ledger.slice(before).some(({ round }) => round === this.round) ? [up, down] : null };
  }

  /** What the device added to this round, and its newest click that was not taken back. */
  mine() {
    const own = this.ledger.filter(({ round }) => round === this.round);
    const sum = (side) => own.reduce((total, { amount, of }) => total + (amount > 0 === !of === side ? amount : 0), 0);
    const free = own.filter(({ key, of }) => !of && !own.some((row) => row.of === key));
    const last = free.length ? { key: free.at(-1).key, amount: free.at(-1).amount } : null;
    return { up: sum(true), down: sum(false), round: this.round, revision: this.revision, last };
  }

  #decide({ key, amount, round, of }) {
    if (this.ledger.some((row) => row.key === key)) return "saved";
    if (amount === TOO_MUCH) return "amount";
    const late = round in this.closed;
    const its = late ? round : this.round;
    if (of && !this.ledger.some((row) => row.key === of && row.round === its && !row.of)) return "undo";
    if (of && this.ledger.some((row) => row.of === of)) return "undone";
    if (!late && !of && amount > 0 && this.value + amount > this.upper) return "full";
    if (!late && !of && amount < 0 && this.value + amount < this.lower) return "floor";
    if (late) this.closed[round] += amount;
    else this.value += amount;
    this.ledger.push({ key, amount, round: its, of });
    return "saved";
  }
}
