"""Learnt keys and devices that press: keyboards, presenters, headsets, gamepads, MIDI. Loaded when first used."""
