"""Draws the app's icons, assets/app/*.png, from the shape of assets/favicon.svg: `python deploy/icons.py`.

Browsers install an app with PNG files only. A maskable icon fills its square, and what must be seen stays in the inner
circle of 80 %, because a phone cuts any shape out of it; Apple's rounds the corners itself.
"""

from pathlib import Path

from PIL import Image, ImageDraw

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "app"
PLUM, SUN = (0x2A, 0x10, 0x40), ((0xFF, 0xCB, 0x68), (0xFF, 0x8A, 0x50), (0xF9, 0x53, 0x6A))
BOX, FINER = 64, 4  # units of the drawing; drawn larger and scaled down, for smooth edges
# name: (size, radius of the corners, radius of the sun, height of the horizon)
ICONS = {
    "icon-192": (192, 15, 24, 48),
    "icon-512": (512, 15, 24, 48),
    "maskable-192": (192, 0, 21, 43),
    "maskable-512": (512, 0, 21, 43),
    "apple-touch-icon": (180, 0, 21, 43),
}


def colour(at: float) -> tuple[int, ...]:
    """The sun's colour at a height, 0 at its top and 1 at the horizon."""
    upper, lower = SUN[:2] if at < 0.5 else SUN[1:]
    part = at * 2 % 1 if at < 1 else 1.0
    return tuple(round(a + (b - a) * part) for a, b in zip(upper, lower, strict=True))


def draw(size: int, corner: int, radius: int, horizon: int) -> Image.Image:
    """One icon."""
    unit = size * FINER / BOX
    icon = Image.new("RGBA", (size * FINER, size * FINER))
    ImageDraw.Draw(icon).rounded_rectangle((0, 0, icon.width, icon.height), corner * unit, fill=PLUM)
    light = Image.new("RGB", icon.size)
    top, bottom = (horizon - radius) * unit, horizon * unit
    for y in range(round(top), round(bottom)):
        ImageDraw.Draw(light).line((0, y, icon.width, y), fill=colour((y - top) / (bottom - top)))
    sun = Image.new("L", icon.size)
    box = ((BOX / 2 - radius) * unit, top, (BOX / 2 + radius) * unit, (horizon + radius) * unit)
    ImageDraw.Draw(sun).pieslice(box, 180, 360, fill=255)
    icon.paste(light, mask=sun)
    small = icon.resize((size, size), Image.Resampling.LANCZOS)
    return small if corner else small.convert("RGB")


if __name__ == "__main__":
    for name, how in ICONS.items():
        draw(*how).save(FOLDER / f"{name}.png", optimize=True)
