"""The core: from a click to the newest number. It knows neither Reflex nor HTTP."""
