"""Photos in a Magento shop: each one once, in order, and nobody else's touched."""

from __future__ import annotations

import pytest

from connectors.sandbox.shop import Fault
from engine.errors import OutcomeUnknown, Refused
from tests.contract.magento_channel import Bench, Photos, a_bench
from tests.contract.sample_shop import PNG

pytestmark = pytest.mark.anyio

UPLOAD = "POST V1/products/{sku}/media"
CHANGE = "PUT V1/products/{sku}/media/{id}"
REMOVE = "DELETE V1/products/{sku}/media/{id}"


def shown(bench: Bench, photos: Photos) -> list[str]:
    """The keys of the photos in the order of the gallery."""
    by_content = {content: key for key, content in photos.content.items()}
    return [by_content.get(picture.content, "?") for picture in bench.photos("CAM-001")]


def main(bench: Bench, photos: Photos) -> list[str]:
    """The keys of the photos that stand for the product."""
    by_content = {content: key for key, content in photos.content.items()}
    roles = {"image", "small_image", "thumbnail"}
    return [by_content.get(p.content, "?") for p in bench.photos("CAM-001") if set(p.types) & roles]


async def test_photos_arrive_whole_in_order_and_the_main_one_stands_for_the_product() -> None:
    photos = Photos("frente", "costas", "detalhe")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        remote = await bench.channel.push_media(photos.push("frente", "costas", "detalhe"), photos.load)
        assert shown(bench, photos) == ["frente", "costas", "detalhe"]
        assert main(bench, photos) == ["frente"]
        assert remote == {
            photos.ref(key).digest: str(picture.picture_id)
            for key, picture in zip(("frente", "costas", "detalhe"), bench.photos("CAM-001"), strict=True)
        }
        assert {picture.label for picture in bench.photos("CAM-001")} == {"Camiseta de algodão"}


async def test_unchanged_photos_are_never_sent_again() -> None:
    photos = Photos("frente", "costas")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        push = photos.push("frente", "costas")
        remote = await bench.channel.push_media(push, photos.load)
        before = len(bench.asked())
        again = photos.push("frente", "costas", remote=remote)
        assert await bench.channel.push_media(again, photos.load) == remote
        assert bench.asked()[before:] == ["GET V1/products/{sku}/media"]
        assert photos.loaded == ["costas", "frente"]


async def test_another_order_and_another_main_photo_move_no_bytes() -> None:
    photos = Photos("frente", "costas", "detalhe")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        remote = await bench.channel.push_media(photos.push("frente", "costas", "detalhe"), photos.load)
        await bench.channel.push_media(photos.push("detalhe", "frente", "costas", remote=remote), photos.load)
        assert shown(bench, photos) == ["detalhe", "frente", "costas"]
        assert main(bench, photos) == ["detalhe"]
        assert bench.asked().count(UPLOAD) == 3


async def test_a_photo_taken_out_of_the_erp_leaves_the_shop_and_a_new_one_joins() -> None:
    photos = Photos("frente", "costas", "nova")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        remote = await bench.channel.push_media(photos.push("frente", "costas"), photos.load)
        await bench.channel.push_media(photos.push("nova", "frente", remote=remote), photos.load)
        assert shown(bench, photos) == ["nova", "frente"]
        assert main(bench, photos) == ["nova"]
        assert (bench.asked().count(UPLOAD), bench.asked().count(REMOVE)) == (3, 1)


async def test_photos_that_the_merchant_put_there_stay() -> None:
    photos = Photos("frente")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        content = {"base64_encoded_data": PNG, "type": "image/png", "name": "do-lojista.png"}
        theirs = {"media_type": "image", "label": "Deles", "position": 9, "disabled": False, "types": ["swatch_image"]}
        await bench.visit.post("all/V1/products/CAM-001/media", {"entry": {**theirs, "content": content}})
        remote = await bench.channel.push_media(photos.push("frente"), photos.load)
        await bench.channel.push_media(photos.push(remote=remote), photos.load)
        (left,) = bench.photos("CAM-001")
        assert (left.label, left.position, left.types) == ("Deles", 9, ["swatch_image"])


async def test_a_role_that_the_merchant_gave_one_of_our_photos_stays_when_they_change_places() -> None:
    photos = Photos("frente", "costas")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        remote = await bench.channel.push_media(photos.push("frente", "costas"), photos.load)
        swatch = {"media_type": "image", "label": "", "position": 2, "disabled": False, "types": ["swatch_image"]}
        costas = remote[photos.ref("costas").digest]
        await bench.visit.call("PUT", f"all/V1/products/CAM-001/media/{costas}", {"entry": swatch})
        await bench.channel.push_media(photos.push("costas", "frente", remote=remote), photos.load)
        first, second = bench.photos("CAM-001")
        assert (set(first.types), second.types) == ({"image", "small_image", "thumbnail", "swatch_image"}, [])


async def test_a_photo_whose_answer_was_lost_is_found_again_and_not_sent_twice() -> None:
    photos = Photos("frente", "costas")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        bench.shop.faults.add(Fault("POST", "/media$", "lose_reply"))
        with pytest.raises(OutcomeUnknown, match="channel-no-answer"):
            await bench.channel.push_media(photos.push("frente", "costas"), photos.load)
        await bench.channel.push_media(photos.push("frente", "costas"), photos.load)
        assert shown(bench, photos) == ["frente", "costas"]
        assert bench.asked().count(UPLOAD) == 2


async def test_a_lost_store_finds_the_photos_it_had_sent_and_those_no_longer_wanted() -> None:
    photos = Photos("frente", "costas")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        await bench.channel.push_media(photos.push("frente", "costas"), photos.load)
        await bench.channel.push_media(photos.push("costas"), photos.load)
        assert shown(bench, photos) == ["costas"]
        assert bench.asked().count(UPLOAD) == 2


async def test_a_file_that_is_no_picture_is_named_and_does_not_keep_the_others_back() -> None:
    photos = Photos("frente", "recibo", "costas")
    photos.content["recibo"] = b"%PDF-1.7 not a picture"
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        with pytest.raises(Refused, match="bad-photo") as raised:
            await bench.channel.push_media(photos.push("frente", "recibo", "costas"), photos.load)
        assert raised.value.params == {"sku": "CAM-001", "photo": "recibo"}
        assert shown(bench, photos) == ["frente", "costas"]


async def test_the_same_picture_twice_in_the_erp_is_shown_once() -> None:
    photos = Photos("frente", "copia")
    photos.content["copia"] = photos.content["frente"]
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        await bench.channel.push_media(photos.push("frente", "copia"), photos.load)
        assert len(bench.photos("CAM-001")) == 1


async def test_a_photo_deleted_in_the_shops_admin_comes_back() -> None:
    photos = Photos("frente", "costas")
    async with a_bench() as bench:
        await bench.publish("CAM-001")
        remote = await bench.channel.push_media(photos.push("frente", "costas"), photos.load)
        await bench.visit.call("DELETE", f"all/V1/products/CAM-001/media/{remote[photos.ref('costas').digest]}")
        await bench.channel.push_media(photos.push("frente", "costas", remote=remote), photos.load)
        assert shown(bench, photos) == ["frente", "costas"]
        assert bench.asked().count(CHANGE) == 0
