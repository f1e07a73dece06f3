/* The server's side of a click, as far as an outbox can tell. */

export const TOO_MUCH = 2; // an amount that this world's server refuses

/** The counter as rules.py and ledger.py have it, in a few lines. */
export class Server {
  value = 10;
  revision = 0;
  round = 1;
  ledger = []; // { key, round } of each click of the tab that joined
  closed = {}; // the total of each closed round
  snapshots = []; // what stood after each commit, by revision

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

  /** A code for each key. */
  record(clicks) {
    const before = this.ledger.length;
    const codes = Object.fromEntries(clicks.map((click) => [click.key, this.#decide(click)]));
    if (this.ledger.length > before) this.commit(); // for a late click too, which changes no value
    return codes;
  }

  #decide({ key, amount, round }) {
    if (this.ledger.some((row) => row.key === key)) return "saved";
    if (amount === TOO_MUCH) return "amount";
    const late = round in this.closed;
    if (late) this.closed[round] += amount;
    else this.value += amount;
    this.ledger.push({ key, round: late ? round : this.round });
    return "saved";
  }
}
