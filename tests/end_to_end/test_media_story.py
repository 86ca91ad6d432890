"""The photos of C-Plus on their way to the shop: in their hours, at their speed, each once."""

from __future__ import annotations

import random
from base64 import b64encode
from datetime import timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from engine.errors import OutcomeUnknown
from engine.store.instants import from_text
from tests.end_to_end.world import Life, World, life

pytestmark = [pytest.mark.anyio, pytest.mark.firebird_server]


def photo(seed: int) -> bytes:
    """A picture of some 50 kB: noise does not compress."""
    buffer = BytesIO()
    Image.frombytes("RGB", (128, 128), random.Random(seed).randbytes(128 * 128 * 3)).save(buffer, "PNG")
    return buffer.getvalue()


async def photos_only(engine: Life) -> None:
    """A cycle of the photos, and of nothing else."""
    (task,) = [task for task in engine.engine.tasks() if task.name == "media"]
    await task.run()


async def test_outside_their_hours_photos_wait_while_stock_and_prices_go_and_their_turn_comes(world: World) -> None:
    sku = world.stocked(4)
    now = world.clock.now().astimezone(ZoneInfo("America/Sao_Paulo"))
    hours = [(now + timedelta(hours=n)).strftime("%H:%M") for n in (2, 5)]
    world.account_options = {"media_hours": "-".join(hours)}
    async with life(world) as engine:
        offer = world.on_shelf(sku)
        assert offer is not None
        assert offer.available == 4
        assert not offer.photos
        assert "media-hours" in engine.problems()
        await world.clock.sleep(3 * 3600)
        await engine.sync()
        offer = world.on_shelf(sku)
        assert offer is not None
        assert offer.photos
        assert "media-hours" not in engine.problems()


async def test_a_slow_line_is_kept_to_while_a_products_photos_leave_one_after_the_other(world: World) -> None:
    sku = world.simple_product()
    pictures = [photo(number) for number in range(3)]
    async with life(world):
        pass
    world.staff.replace_photos(sku, *pictures)
    world.account_options = {"media_kb_per_s": 1}
    async with life(world, rested=False) as engine:
        before = world.clock.now()
        await photos_only(engine)
        assert (world.clock.now() - before).total_seconds() >= sum(len(picture) for picture in pictures[1:]) / 1000
        assert len(world.rest("GET", f"all/V1/products/{sku}/media")) == 3


async def test_a_photo_whose_answer_is_lost_late_in_a_slow_product_may_still_land_before_it_is_sent_again(
    world: World,
) -> None:
    sku = world.simple_product()
    async with life(world):
        pass
    world.staff.replace_photos(sku, photo(1), photo(2))
    world.account_options = {"media_kb_per_s": 1}
    async with life(world, rested=False) as engine:
        world.shop.faults.lose_reply("POST", "/media$", skip=1)
        with pytest.raises(OutcomeUnknown):
            await photos_only(engine)
        (row,) = engine.rows("SELECT settles_at FROM publication WHERE facet = 'media' AND item = ?", sku)
        assert from_text(row["settles_at"]) > world.clock.now(), "its own time counts, not that of the first photo"
        asked = len(world.shop.requests)
        await photos_only(engine)
        assert not [a for a in list(world.shop.requests)[asked:] if a.method == "POST" and a.path.endswith("/media")]
        await engine.sync()
        assert len(world.rest("GET", f"all/V1/products/{sku}/media")) == 2


UPLOAD = "V1/products/{sku}/media"


async def test_photos_that_somebody_changed_in_the_shop_are_put_right_and_none_that_is_there_is_sent_again(
    world: World,
) -> None:
    sku = world.simple_product()
    async with life(world):
        pass
    world.staff.replace_photos(sku, photo(1), photo(2), photo(3))
    async with life(world) as engine:
        path = f"all/V1/products/{sku}/media"
        theirs = world.rest("GET", path)
        main, second, third = sorted(theirs, key=lambda entry: entry["position"])
        sent = len(world.shop.calls("POST", UPLOAD))

        world.rest("PUT", f"{path}/{third['id']}", {"entry": {**third, "position": 0, "label": "outro"}})
        world.rest("PUT", f"{path}/{second['id']}", {"entry": {**second, "types": main["types"], "disabled": True}})
        await world.clock.sleep(60)
        await engine.sync()
        assert sorted(world.rest("GET", path), key=lambda entry: entry["position"]) == [main, second, third]
        assert len(world.shop.calls("POST", UPLOAD)) == sent

        world.rest("DELETE", f"{path}/{second['id']}")
        await world.clock.sleep(60)
        await engine.sync()
        shown = sorted(world.rest("GET", path), key=lambda entry: entry["position"])
        assert [entry["id"] for entry in (shown[0], shown[2])] == [main["id"], third["id"]]
        assert len(world.shop.calls("POST", UPLOAD)) == sent + 1, "only the one that was gone"
        assert engine.problems() == []


async def test_a_photo_of_the_merchants_own_stays_beside_ours_and_is_no_drift(world: World) -> None:
    sku = world.simple_product()
    async with life(world) as engine:
        entry = {"media_type": "image", "label": "Do lojista", "position": 9, "disabled": False, "types": []}
        content = {"base64_encoded_data": b64encode(photo(7)).decode(), "type": "image/png", "name": "lojista.png"}
        world.rest("POST", f"all/V1/products/{sku}/media", {"entry": {**entry, "content": content}})
        asked = len(world.shop.requests)
        await world.clock.sleep(60)
        await engine.sync()
        written = [one.method for one in list(world.shop.requests)[asked:] if "/media" in one.path]
        assert written == [], "nothing is even looked at"


async def test_photos_that_another_program_changes_back_are_sent_once_more_and_then_told(world: World) -> None:
    sku = world.simple_product()
    async with life(world):
        pass
    world.staff.replace_photos(sku, photo(1), photo(2))
    async with life(world) as engine:
        path = f"all/V1/products/{sku}/media"
        _, second = sorted(world.rest("GET", path), key=lambda entry: entry["position"])
        for _ in range(3):
            world.rest("PUT", f"{path}/{second['id']}", {"entry": {**second, "position": 0}})
            await world.clock.sleep(60)
            await engine.sync()
        shown = {entry["id"]: entry["position"] for entry in world.rest("GET", path)}
        assert shown[second["id"]] == 0, "no fight"
        assert engine.problems() == ["photos-not-kept"]
