/* <click-counter src="https://counter.example.org/c/NAME" button="Press"></click-counter>: docs/embed.md */
(() => {
	if (!self.customElements || customElements.get("click-counter")) return;
	const hex = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => n.toString(16).padStart(2, 0)).join("");
	const device = () => {
		const name = "click-counter-device";
		try {
			return { [name]: (localStorage[name] ??= hex()) };
		} catch {}
	};
	const newer = (a, b) => (a && a.revision > (b?.revision ?? 0) ? a : b);
	const known = {};

	/* A counter: one stream for all its elements, keys of unanswered presses. */
	class Live {
		elements = new Set();
		keys = [];
		constructor({ origin, pathname }) {
			const [, path, name] = pathname.match(/(.*?)\/c\/([^/]+)/) ?? [, pathname.replace(/\/$/, ""), "counter"];
			this.origin = origin;
			this.page = `${origin}${path}/c/${name}`;
			this.api = `${origin}${path}/api/v1/counters/${name}/`;
		}
		open() {
			this.stream = new EventSource(this.api + "events");
			this.stream.onmessage = ({ data }) => this.take(JSON.parse(data));
			this.stream.onopen = () => this.draw((this.live = true));
			this.stream.onerror = () => {
				this.draw((this.live = false));
				if (this.stream.readyState === 2) this.later = setTimeout(() => this.open(), 15e3);
			};
			fetch(this.page + "/value.json")
				.then((got) => got.ok && got.json())
				.then((about) => this.draw((this.may = about && (about.press ?? this.origin === location.origin))), () => {});
		}
		close() {
			clearTimeout(this.later);
			this.stream.close();
		}
		/* Only a press's answer says which number has it. */
		take(newest) {
			this.aside = newer(newest, this.aside);
			if (!this.busy) this.settle();
		}
		settle(answer) {
			this.base = newer(this.aside, newer(answer, this.base));
			this.aside = null;
			this.draw();
		}
		press() {
			this.keys.push(hex());
			this.draw();
			if (!this.busy) this.send();
		}
		async send() {
			this.busy = true;
			for (let key; (key = this.keys[0]); ) {
				let answer, said;
				try {
					answer = await fetch(this.api + "presses", {
						method: "POST",
						headers: { "Content-Type": "application/json", ...device() },
						body: JSON.stringify({ key, amount: 1 }),
					});
					said = await answer.json();
				} catch {}
				if (said?.saved) this.keys.shift();
				else if (!said || said.retry_after || said.code === "repeat_running") {
					await new Promise((go) => setTimeout(go, 1e3 * (said?.retry_after || 2)));
					continue;
				} else {
					this.keys = [];
					if (answer.status === 403) this.may = false;
					said = null;
				}
				this.settle(said);
			}
			this.busy = false;
			this.settle();
		}
		draw() {
			for (const element of this.elements) element.draw();
		}
	}

	customElements.define("click-counter", class extends HTMLElement {
		static observedAttributes = ["src", "button"];
		constructor() {
			super();
			const root = this.attachShadow({ mode: "open" });
			root.innerHTML = '<span part="value"></span> <button part="button" hidden></button>';
			[this.number, this.pressing] = root.children;
			this.pressing.onclick = () => this.live.press();
		}
		connectedCallback() {
			const url = new URL(this.getAttribute("src") ?? "", location);
			this.live = known[url.origin + url.pathname] ??= new Live(url);
			if (!this.live.elements.size) this.live.open();
			this.live.elements.add(this);
			this.draw();
		}
		disconnectedCallback() {
			const { live } = this;
			if (live?.elements.delete(this) && !live.elements.size) live.close();
			this.live = null;
		}
		attributeChangedCallback() {
			if (!this.live) return;
			this.disconnectedCallback();
			this.connectedCallback();
		}
		draw() {
			const { base, keys, may, live } = this.live;
			this.number.textContent = base ? (base.value + keys.length).toLocaleString(this.closest("[lang]")?.lang || undefined) : "…";
			this.pressing.textContent = this.getAttribute("button") || "+1";
			this.pressing.hidden = !may || !this.hasAttribute("button");
			this.dataset.state = live ? "live" : "connecting";
		}
	});
})();
