/* Says numbers aloud. While one is being said, only the newest of those that follow is kept. */
const LONGEST = 8000; // ms; some browsers never say that they have ended

let next = null;
let speaking = null; // kept here: Chromium forgets an utterance that nobody holds, and never ends it
let timer;

const end = () => {
  clearTimeout(timer);
  speaking = null;
  start();
};

const start = () => {
  if (speaking || next === null) return;
  speaking = new SpeechSynthesisUtterance(next);
  speaking.lang = document.documentElement.lang;
  speaking.onend = speaking.onerror = end;
  next = null;
  timer = setTimeout(end, LONGEST);
  speechSynthesis.speak(speaking);
};

export const say = (number) => {
  if (!globalThis.speechSynthesis) return;
  next = String(number);
  start();
};
