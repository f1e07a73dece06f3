"""What counting mode lets people feel, hear and see without reading: only what they chose on their device."""

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import TabPage, until
from tests.conftest import Open
from tests.learning import IDLE
from tests.pages.counting import MODE, PHONE, Touch, enter, shows
from tests.server import BackEnd

# Writes down what the page asks the phone to do: [way, what] in window.signals.
RECORD = """
window.signals = [];
navigator.vibrate = (pattern) => window.signals.push(['vibration', pattern.join(' ')]);
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) {
  window.signals.push(['sound', Math.round(this.frequency.value)]);
  return start.call(this, at);
};
SpeechSynthesis.prototype.speak = (utterance) => {
  window.signals.push(['speech', `${utterance.lang} ${utterance.text}`]);
  setTimeout(() => utterance.onend(), 50);
};
const animate = Element.prototype.animate;
Element.prototype.animate = function (frames, options) {
  if (this.className === 'flash') window.signals.push(['flash', this.dataset.kind]);
  return animate.call(this, frames, options);
};
"""
SIGNALS_LOADED = "performance.getEntriesByType('resource').some(({ name }) => /\\/assets\\/use_signals-/.test(name))"
ALL = {"vibration": True, "sound": True, "flash": True}


def signalled(one: TabPage, way: str) -> list[Any]:
    return list(one.page.evaluate("(way) => window.signals.filter(([w]) => w === way).map(([, what]) => what)", way))


def forget(one: TabPage) -> None:
    one.page.evaluate("window.signals.length = 0")


def choose(one: TabPage, speech: int = 0, **chosen: bool) -> None:
    """Set the switches in the dialog."""
    one.element("mode-feedback").click()
    for name, on in chosen.items():
        one.element(f"feedback-{name.replace('_', '-')}").set_checked(on)
    one.element("feedback-speech").select_option(str(speech))
    one.close_dialog("feedback")
    forget(one)


def listening(tab: Open, **options: Any) -> tuple[TabPage, Touch]:
    one = tab("/counters", **(PHONE | options))
    one.page.add_init_script(RECORD)
    one.page.goto(one.page.url.replace("/counters", MODE))
    one.has("mode-status", state="connected")
    return one, Touch(one.page)


def test_nothing_is_signalled_until_somebody_chooses_it(back_end: BackEnd, tab: Open):
    one, touch = listening(tab)
    touch.tap(touch.middle("mode-plus"))
    touch.tap(touch.middle("mode-minus"))
    touch.tap(touch.middle("mode-minus"))
    one.page.wait_for_selector("[data-testid=mode-unsaved][data-value='0']", state="attached")
    assert one.page.evaluate("window.signals") == []


def test_plus_minus_and_refused_feel_and_sound_different(back_end: BackEnd, tab: Open):
    one, touch = listening(tab)
    choose(one, **ALL)
    plus, minus = touch.middle("mode-plus"), touch.middle("mode-minus")
    felt, heard = {}, {}
    for kind, place in (("plus", plus), ("minus", minus), ("refused", minus)):
        touch.tap(place)
        until(one.page, "window.signals.some(([way]) => way === 'vibration')")
        felt[kind], heard[kind] = signalled(one, "vibration"), signalled(one, "sound")
        assert len(felt[kind]) == 1
        forget(one)
    assert heard == {"plus": [880], "minus": [330], "refused": [165, 165]}
    assert len({str(pattern) for pattern in felt.values()}) == 3
    one.page.keyboard.press("Space")  # a key is felt like a finger
    until(one.page, "window.signals.some(([way]) => way === 'vibration')")
    assert signalled(one, "vibration") == felt["plus"]


def test_near_and_full_are_signalled_once_also_for_others_presses(back_end: BackEnd, tab: Open):
    back_end.query("UPDATE counter SET upper = 10, warn_at = '80', value = 7")
    one, touch = listening(tab)
    other = tab(profile="two")
    other.is_state("connected")
    choose(one, **ALL, kind_plus=False)
    other.press()
    until(one.page, "window.signals.some(([way, what]) => way === 'flash' && what === 'near')")
    assert signalled(one, "sound") == [660, 880]
    forget(one)
    touch.tap(touch.middle("mode-plus"))
    touch.tap(touch.middle("mode-plus"))
    until(one.page, "window.signals.some(([way, what]) => way === 'flash' && what === 'reached')")
    touch.tap(touch.middle("mode-plus"))
    until(one.page, "window.signals.some(([way, what]) => way === 'sound' && what === 165)")
    assert signalled(one, "sound") == [660, 880, 1320, 165, 165]


def test_a_press_that_is_not_saved_for_long_is_signalled_once(back_end: BackEnd, tab: Open):
    one, touch = listening(tab)
    choose(one, sound=True, kind_plus=False)
    back_end.kill()
    one.has("mode-status", state="reconnecting")
    one.page.clock.install()
    touch.tap(touch.middle("mode-plus"))
    one.page.clock.run_for(20_000)
    touch.tap(touch.middle("mode-plus"))
    assert signalled(one, "sound") == []
    one.page.clock.run_for(11_000)
    assert signalled(one, "sound") == [660, 523, 392]
    one.page.clock.run_for(60_000)
    assert len(signalled(one, "sound")) == 3


@pytest.mark.parametrize("locale", ["en-US", "ru-RU"])
def test_the_number_is_said_in_the_pages_language(back_end: BackEnd, tab: Open, locale: str):
    one, touch = listening(tab, locale=locale, profile=locale)
    choose(one, speech=5)
    for _ in range(10):
        touch.tap(touch.middle("mode-plus"))
    shows(one, 10)
    language = locale[:2]
    until(one.page, "window.signals.length >= 2")
    assert signalled(one, "speech") == [f"{language} 5", f"{language} 10"]


def test_fast_presses_flash_at_most_three_times_a_second(back_end: BackEnd, tab: Open):
    one, touch = listening(tab)
    choose(one, flash=True)
    plus, began = touch.middle("mode-plus"), time.monotonic()
    for _ in range(20):
        touch.tap(plus)
    took = time.monotonic() - began
    shows(one, 20)
    one.element("flash").wait_for(state="attached")
    times = """(() => { const at = document.querySelector('.flash').getAnimations(); return at.length })()"""
    assert one.page.evaluate(times) <= 1
    assert len(signalled(one, "flash")) <= 1 + 3 * took


def test_choices_stay_on_the_device_and_nonsense_is_ignored(back_end: BackEnd, tab: Open):
    one, _ = enter(tab)
    choose_on = ("sound", "kind-near")
    one.element("mode-feedback").click()
    one.element("feedback-sound").check()
    one.element("feedback-kind-near").uncheck()
    for stored in (None, "{", '{"sound": "loud", "silent": 7}'):
        if stored is not None:
            one.page.evaluate("(text) => localStorage.setItem('clickcounter.feedback', text)", stored)
        one.page.reload()
        one.element("mode-feedback").click()
        for name, checked in zip(choose_on, [True, False] if stored is None else [False, True], strict=True):
            expect(one.element(f"feedback-{name}")).to_be_checked(checked=checked)


def test_without_storage_choices_hold_until_the_page_closes(back_end: BackEnd, tab: Open):
    one, touch = listening(tab)
    one.page.evaluate("Storage.prototype.setItem = () => { throw new Error('blocked') }; 0")
    choose(one, sound=True)
    touch.tap(touch.middle("mode-plus"))
    until(one.page, "window.signals.length === 1")
    assert signalled(one, "sound") == [880]


def test_the_ordinary_page_signals_what_was_chosen_in_its_menu(back_end: BackEnd, tab: Open):
    one = tab("/counters")
    one.page.add_init_script(RECORD)
    one.page.goto(one.page.url.replace("/counters", "/"))
    one.is_state("connected")
    one.press()
    one.sees(1)
    assert one.page.evaluate("window.signals") == []
    one.open_dialog("buttons")
    one.element("feedback-sound").check()
    one.close_dialog("buttons")
    one.page.reload()
    one.is_state("connected")
    until(one.page, SIGNALS_LOADED)
    one.page.evaluate(IDLE)
    one.press()
    until(one.page, "window.signals.length === 1")
    assert signalled(one, "sound") == [880]
