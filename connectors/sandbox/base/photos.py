"""Photos of the goods, drawn by us: a simple picture of the thing in its colour, a JPEG of some kilobytes.

The same drawing, colour and variant give the same bytes.
"""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw

SIZE_PX = 440
QUALITY = 80
_OVERSAMPLED = 2  # drawn larger and reduced, which smooths the edges
_GROUNDS = ((250, 248, 244), (243, 246, 249), (248, 244, 240), (245, 248, 243), (247, 245, 250))

Shape = tuple[str, str, tuple[float, ...]]
"""A form ("polygon", "ellipse", "rectangle", "rounded", "line", "arc"), a tone of the colour ("body", "light", "dark",
"ink"), and coordinates in hundredths of the picture; an arc ends with its two angles."""

_SLEEVES: tuple[Shape, ...] = (
    ("polygon", "body", (34, 20, 18, 30, 10, 48, 22, 54, 31, 42)),
    ("polygon", "body", (66, 20, 82, 30, 90, 48, 78, 54, 69, 42)),
)
_TORSO: Shape = ("polygon", "body", (34, 20, 42, 17, 58, 17, 66, 20, 71, 44, 70, 84, 30, 84, 29, 44))

DRAWINGS: dict[str, tuple[Shape, ...]] = {
    "t-shirt": (
        *_SLEEVES,
        _TORSO,
        ("ellipse", "dark", (41, 11, 59, 25)),
        ("ellipse", "ground", (43, 8, 57, 22)),
        ("line", "dark", (30, 81, 70, 81)),
    ),
    "shirt": (
        ("polygon", "body", (34, 20, 20, 32, 12, 74, 22, 77, 31, 46)),
        ("polygon", "body", (66, 20, 80, 32, 88, 74, 78, 77, 69, 46)),
        _TORSO,
        ("line", "dark", (50, 22, 50, 84)),
        ("polygon", "light", (41, 15, 50, 25, 44, 30, 36, 20)),
        ("polygon", "light", (59, 15, 50, 25, 56, 30, 64, 20)),
        *(("ellipse", "ink", (51.5, y, 53.5, y + 2)) for y in (34, 45, 56, 67, 78)),
    ),
    "dress": (
        ("polygon", "body", (38, 14, 42, 14, 46, 24, 54, 24, 58, 14, 62, 14, 62, 42, 78, 88, 22, 88, 38, 42)),
        ("rectangle", "dark", (38, 41, 62, 45)),
        ("line", "light", (45, 47, 38, 86)),
        ("line", "light", (55, 47, 62, 86)),
    ),
    "hoodie": (
        ("polygon", "body", (34, 24, 20, 34, 12, 78, 23, 80, 31, 48)),
        ("polygon", "body", (66, 24, 80, 34, 88, 78, 77, 80, 69, 48)),
        _TORSO,
        ("ellipse", "dark", (36, 8, 64, 34)),
        ("ellipse", "ground", (41, 12, 59, 30)),
        ("polygon", "light", (38, 60, 62, 60, 66, 76, 34, 76)),
        ("line", "ink", (46, 30, 45, 44)),
        ("line", "ink", (54, 30, 55, 44)),
    ),
    "trousers": (
        ("polygon", "body", (34, 12, 66, 12, 72, 88, 56, 88, 50, 40, 44, 88, 28, 88)),
        ("rectangle", "dark", (34, 12, 66, 17)),
        ("line", "dark", (50, 17, 50, 40)),
        ("line", "light", (36, 20, 44, 28)),
        ("line", "light", (64, 20, 56, 28)),
    ),
    "shorts": (
        ("polygon", "body", (30, 24, 70, 24, 80, 74, 55, 74, 50, 48, 45, 74, 20, 74)),
        ("rectangle", "dark", (30, 24, 70, 30)),
        ("line", "light", (33, 34, 42, 44)),
        ("line", "light", (67, 34, 58, 44)),
    ),
    "shoe": (
        ("polygon", "body", (14, 40, 34, 36, 46, 50, 78, 58, 88, 68, 88, 74, 14, 74)),
        ("rounded", "light", (12, 72, 90, 80)),
        ("line", "dark", (38, 48, 46, 42)),
        ("line", "dark", (44, 53, 52, 47)),
        ("line", "dark", (51, 56, 58, 50)),
        ("polygon", "dark", (14, 40, 24, 38, 26, 72, 14, 72)),
    ),
    "mug": (
        ("arc", "dark", (54, 36, 84, 68, 270, 90)),
        ("rounded", "body", (24, 26, 68, 78)),
        ("ellipse", "light", (24, 20, 68, 34)),
        ("ellipse", "ink", (28, 22, 64, 32)),
    ),
    "plate": (
        ("ellipse", "dark", (12, 14, 88, 90)),
        ("ellipse", "body", (12, 11, 88, 87)),
        ("ellipse", "light", (26, 25, 74, 73)),
        ("ellipse", "body", (29, 28, 71, 70)),
    ),
    "bowl": (
        ("ellipse", "body", (16, 24, 84, 88)),
        ("rectangle", "ground", (10, 18, 90, 46)),
        ("ellipse", "light", (16, 36, 84, 56)),
        ("ellipse", "dark", (20, 39, 80, 53)),
        ("rounded", "dark", (40, 84, 60, 90)),
    ),
    "glass": (
        ("polygon", "light", (30, 14, 70, 14, 64, 86, 36, 86)),
        ("polygon", "body", (31.5, 36, 68.5, 36, 64, 84, 36, 84)),
        ("ellipse", "dark", (30, 10, 70, 18)),
        ("line", "light", (38, 40, 41, 80)),
    ),
    "pan": (
        ("rounded", "dark", (64, 44, 96, 52)),
        ("rounded", "body", (12, 40, 68, 76)),
        ("ellipse", "light", (12, 32, 68, 48)),
        ("ellipse", "ink", (36, 25, 44, 33)),
        ("line", "light", (18, 54, 18, 70)),
    ),
    "bottle": (
        ("rounded", "body", (34, 30, 66, 90)),
        ("polygon", "body", (40, 18, 60, 18, 66, 38, 34, 38)),
        ("rounded", "dark", (40, 8, 60, 20)),
        ("rectangle", "light", (34, 54, 66, 66)),
        ("line", "light", (39, 40, 39, 84)),
    ),
    "board": (
        ("rounded", "body", (20, 26, 80, 90)),
        ("rounded", "body", (43, 8, 57, 34)),
        ("ellipse", "ground", (47, 12, 53, 18)),
        ("line", "dark", (30, 38, 30, 82)),
        ("line", "dark", (50, 42, 50, 80)),
        ("line", "dark", (70, 38, 70, 82)),
    ),
    "towel": (
        ("rounded", "dark", (16, 66, 84, 82)),
        ("rounded", "body", (16, 50, 84, 68)),
        ("rounded", "light", (16, 34, 84, 52)),
        ("rounded", "body", (16, 18, 84, 36)),
        ("line", "ink", (20, 30, 80, 30)),
    ),
    "cushion": (
        ("rounded", "dark", (17, 20, 85, 86)),
        ("rounded", "body", (15, 16, 83, 82)),
        ("line", "light", (22, 24, 76, 74)),
        ("line", "light", (76, 24, 22, 74)),
        ("ellipse", "ink", (46, 46, 52, 52)),
    ),
    "rug": (
        ("rectangle", "body", (12, 24, 88, 78)),
        ("rectangle", "dark", (17, 30, 83, 72)),
        ("rectangle", "body", (21, 35, 79, 67)),
        ("polygon", "light", (50, 38, 72, 51, 50, 64, 28, 51)),
        *(("line", "dark", (x, 78, x, 84)) for x in range(14, 88, 4)),
    ),
    "vase": (
        ("ellipse", "body", (26, 38, 74, 92)),
        ("rectangle", "body", (40, 22, 60, 50)),
        ("ellipse", "light", (36, 16, 64, 26)),
        ("ellipse", "dark", (40, 18, 60, 24)),
        ("arc", "light", (32, 46, 68, 84, 120, 200)),
    ),
    "lamp": (
        ("polygon", "body", (36, 12, 64, 12, 80, 48, 20, 48)),
        ("rectangle", "ink", (48, 48, 52, 82)),
        ("rounded", "dark", (34, 80, 66, 88)),
        ("line", "light", (42, 16, 32, 44)),
    ),
    "basket": (
        ("arc", "dark", (30, 12, 70, 70, 180, 360)),
        ("polygon", "body", (16, 42, 84, 42, 76, 86, 24, 86)),
        *(("line", "dark", (17 + y / 5, 44 + y, 83 - y / 5, 44 + y)) for y in (8, 18, 28, 36)),
        ("rectangle", "light", (14, 38, 86, 46)),
    ),
}


def draw(drawing: str, colour: tuple[int, int, int], variant: int) -> bytes:
    """A JPEG of SIZE_PX x SIZE_PX; `variant` gives pictures of like things a ground and a label of their own."""
    return _encode(_paint(drawing, colour, variant), "JPEG", quality=QUALITY)


def draw_png(drawing: str, colour: tuple[int, int, int], variant: int) -> bytes:
    """The same picture as a PNG."""
    return _encode(_paint(drawing, colour, variant), "PNG")


def _encode(picture: Image.Image, file_format: str, **options: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, file_format, **options)
    return out.getvalue()


def _paint(drawing: str, colour: tuple[int, int, int], variant: int) -> Image.Image:
    chance = random.Random(variant)
    ground = chance.choice(_GROUNDS)
    side = SIZE_PX * _OVERSAMPLED
    picture = Image.new("RGB", (side, side), ground)
    pencil = ImageDraw.Draw(picture)
    tones = {
        "ground": ground,
        "body": colour,
        "light": _towards(colour, 255, 0.35),
        "dark": _towards(colour, 0, 0.28),
        "ink": (52, 48, 46),
    }
    scale = side / 100
    thick = round(scale * 1.1)
    pencil.ellipse([16 * scale, 86 * scale, 84 * scale, 95 * scale], fill=_towards(ground, 0, 0.08))
    for form, tone, places in DRAWINGS[drawing]:
        at = [place * scale for place in places[:4]] if form == "arc" else [place * scale for place in places]
        fill = tones[tone]
        match form:
            case "polygon":
                pencil.polygon(at, fill=fill, outline=tones["dark"])
            case "ellipse":
                pencil.ellipse(at, fill=fill)
            case "rectangle":
                pencil.rectangle(at, fill=fill)
            case "rounded":
                pencil.rounded_rectangle(at, radius=4 * scale, fill=fill)
            case "line":
                pencil.line(at, fill=fill, width=thick)
            case "arc":
                pencil.arc(at, places[4], places[5], fill=fill, width=3 * thick)
    _label(pencil, chance, scale)
    return picture.reduce(_OVERSAMPLED)


def _label(pencil: ImageDraw.ImageDraw, chance: random.Random, scale: float) -> None:
    """A small hanging label in the corner, with stripes by chance: no two things look quite alike."""
    pencil.rounded_rectangle([4 * scale, 4 * scale, 16 * scale, 12 * scale], radius=scale, fill=(255, 255, 255))
    for _ in range(3):
        left = chance.uniform(5, 14)
        bar = [left * scale, 5 * scale, (left + chance.uniform(0.4, 1.4)) * scale, 11 * scale]
        pencil.rectangle(bar, fill=tuple(chance.randint(40, 210) for _ in range(3)))


def _towards(colour: tuple[int, int, int], end: int, share: float) -> tuple[int, int, int]:
    red, green, blue = (round(part + (end - part) * share) for part in colour)
    return red, green, blue
