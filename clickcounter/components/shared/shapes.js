/* The shapes of what the server sends and of what the pages show, as JSDoc types. Times are milliseconds since 1970; `at` is
 * when the server sent it. The Python that makes each of them is named in brackets.
 *
 * @typedef {{ en: string, ru: string, context?: string }} Text
 *
 * @typedef {{ view: boolean, press: boolean, manage: boolean, admit: boolean, claim: boolean }} Rights
 *   what the viewer may do: see it, press, change it, manage its members, claim it for their account [Rights]
 *
 * @typedef {object} Frame the newest snapshot of a counter, sent at every change and every heartbeat [CounterState.frame]
 * @property {string} counter
 * @property {string} [error] why the counter cannot be watched; the fields below are missing then
 * @property {number} count its value
 * @property {number} revision of the ledger
 * @property {number} round
 * @property {number} lookers how many tabs are watching
 * @property {number} at
 *
 * @typedef {object} About a counter's settings [CounterState.about]
 * @property {string} counter
 * @property {string} name
 * @property {string} description
 * @property {string} colour
 * @property {number} step of one press
 * @property {number | null} lower limit
 * @property {number | null} upper limit
 * @property {number | null} goal
 * @property {number[]} warn_at percents of the upper limit or the goal
 * @property {boolean} archived
 * @property {number} revision that last changed the settings
 * @property {number} day_start hour
 * @property {boolean} tells_who pressed last
 * @property {string} visibility one of VISIBILITIES
 * @property {string} press one of PRESS_POLICIES
 * @property {boolean} lets_add whoever may press may also add past entries and notes
 * @property {boolean} lets_leave presses that subtract pass the lower limit
 * @property {boolean} group it is the sum of other counters
 * @property {string} schedule of its resets, or empty
 * @property {number | null} ends_at when the schedule ends the current round
 * @property {string[]} who labels of those who are watching
 * @property {{ number: number, label: string } | null} last who pressed last
 * @property {number} at
 *
 * @typedef {object} Answer to a batch of clicks [CounterState.answer]
 * @property {string} counter
 * @property {number | null} sent_at of the batch, as the tab sent it
 * @property {Object<string, string>} codes by click key: "saved", or why the click was refused
 * @property {string | null} error one code for the whole batch; "later" means that it will be sent again
 * @property {number | null} value of the snapshot that contains the batch, as are the next two
 * @property {number | null} revision
 * @property {number | null} round
 * @property {Object<string, Text>} sentences by code
 * @property {[number, number] | null} mine this device's totals of the round, up and down
 * @property {[number, number] | null} account the same of the person who is signed in
 * @property {number} at
 *
 * @typedef {object} Mine this device's part of the current round [CounterState.mine]
 * @property {string} counter
 * @property {Rights} rights
 * @property {number} round 0 if the viewer may not see the counter; only the rights are set then
 * @property {number} revision
 * @property {number | null} number of the device
 * @property {string} label of the device
 * @property {number} up
 * @property {number} down
 * @property {{ key: string, amount: number } | null} last click that can be undone
 * @property {Person | null} account who is signed in
 * @property {boolean} [timed] whether the page shall report how long its presses take
 * @property {number} at
 *
 * @typedef {{ name: string, superuser: boolean, up: number, down: number }} Person who is signed in, and their totals of the
 *   round
 *
 * @typedef {object} Own the same on all devices of a person [CounterState.own]
 * @property {string} counter
 * @property {Person | null} account null: the session has ended
 * @property {number} round
 * @property {number} revision
 * @property {number} at
 *
 * @typedef {{ counters: string[], at: number }} Followed the counters of a board that the server follows for this tab; what it
 *   sends of each one is named like `frame…:cars` [CounterState.follow]
 *
 * @typedef {{ ask?: string, error: string | null, sentences: Text | null, result: any, at?: number }} Reply
 *   to a remote call; `ask` is the call's id [UpkeepState.reply, AccessState.reply]
 *
 * @typedef {object} Board one page of the list of counters [CountersState.board]
 * @property {string} [error] with `sentences`, if there is no page
 * @property {string} search
 * @property {boolean} archived
 * @property {number | null} before the cursor of this page
 * @property {number | null} next the cursor of the next page
 * @property {number} total of all pages
 * @property {BoardRow[]} rows
 * @property {number} at
 *
 * @typedef {object} BoardRow
 * @property {string} slug
 * @property {string} name
 * @property {string} colour
 * @property {number} value
 * @property {number} revision
 * @property {number | null} upper
 * @property {number | null} goal
 * @property {number[]} warn_at
 * @property {boolean} archived
 * @property {boolean} manage whether the viewer may rename, archive and delete it
 * @property {number} lookers
 *
 * @typedef {object} HistoryView [HistoryState.view]
 * @property {string} counter
 * @property {string} [error] with `sentences`, if there is no history to show
 * @property {string | null} turn the name that the browser gave to the question
 * @property {string} span the period: day, week, round, all or between
 * @property {number | null} device if only its clicks are shown
 * @property {number | null} account if only that person's clicks are shown
 * @property {string} width of a bar: minute, quarter, hour, day, week, month or year
 * @property {number} now
 * @property {number} amount of all bars
 * @property {[start: number, end: number, amount: number, clicks: number, total: number][]} bars
 * @property {[number: number | null, label: string, person: string, amounts: number[]][]} parts of each bar, by participant
 * @property {{ now: number, peak: number, peak_at: number | null }} pace in clicks a minute
 * @property {Leader[]} leaders
 * @property {Round[]} rounds
 * @property {Days | null} days that ended by themselves, if any do
 * @property {LedgerRow[]} rows the newest
 * @property {[number, number, number] | number[][] | null} next the cursor of older rows
 * @property {number | null} round its number, if the period is a round
 * @property {{ id: number, counter: string, name: string, sign: number }[]} doors the counters of a group that the viewer may see
 * @property {number} hidden the number of the group's other counters
 *
 * @typedef {{ number: number | null, label: string, person: string, account: number | null, up: number, down: number,
 *   clicks: number }} Leader
 * @typedef {{ number: number, total: number, started_at: number, ended_at: number | null }} Day
 * @typedef {{ unit: "day" | "week", step: number, days: Day[], course: number[], so_far: number, before: Day | null,
 *   before_course: number[], before_so_far: number | null, typical: number | null, typical_course: number[],
 *   typical_so_far: number | null }} Days
 * @typedef {{ number: number, id: number, total: number, clicks: number, started_at: number, ended_at: number | null,
 *   ended_by: number | null, ended_by_label: string, by_schedule: boolean }} Round
 * @typedef {{ id: number, round: number, key: string, kind: string, amount: number, total: number, pressed_at: number,
 *   saved_at: number, device: number, label: string, person: string, takes_back: string | null, reason: string,
 *   time_adjusted: boolean, round_unknown: boolean, by_person: string, by_device: number | null, by_label: string, until: number | null,
 *   taken_back: boolean, door?: number, time?: number }} LedgerRow
 *
 * @typedef {object} Click as it is sent and stored
 * @property {string} key
 * @property {number} amount
 * @property {number} pressed_at
 * @property {number} round
 * @property {"undo"} [kind]
 * @property {string} [of] the key of the click that it undoes
 *
 * @typedef {object} View what a counter's page shows [tab_store.js]
 * @property {boolean} known there is a number to show
 * @property {boolean} confirmed the server has sent it since the page was opened
 * @property {number | null} value
 * @property {number | null} revision
 * @property {number | null} round
 * @property {number} unsaved clicks
 * @property {number | null} unsavedSince when the oldest of this counter's was made
 * @property {{ up: number, down: number } | null} ownTotals this device's part of the round
 * @property {Click | null} undoable
 * @property {number} watchers
 * @property {{ code: string, sentences?: Text } | null} problem the server's last complaint
 * @property {boolean} pressed since the page was opened
 * @property {number} own what this tab has added to the number, of all that it added
 * @property {"connecting" | "connected" | "reconnecting"} connection
 * @property {(Click & { why: { code: string, sentences?: Text } })[]} refused clicks, until the person has read why
 * @property {boolean} storageFailed
 * @property {{ label: string | null, number: number | null }} device this browser; the label is null until it is known
 * @property {Person | null} person
 * @property {Rights | null} rights
 * @property {About | null} about
 */
export {};
