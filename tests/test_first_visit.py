"""How a page comes to its number: a second visit fetches nothing that it has."""

from tests.browser import Profile
from tests.server import BackEnd
from tests.test_storage import ALL_KEPT

FILES = "performance.getEntriesByType('resource').filter(({ name }) => /\\/(assets|fonts)\\//.test(name))"
FROM = (
    f"() => [...new Set({FILES}.map((file) => [file.deliveryType, file.workerFinalSourceType, file.transferSize].join()))]"
)


def test_a_second_visit_takes_the_files_past_the_worker_and_fetches_none(back_end: BackEnd, profile: Profile):
    one = profile.open()
    one.is_state("connected")
    one.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    one.page.wait_for_function(ALL_KEPT)
    one.page.reload()
    one.is_state("connected")
    assert one.page.evaluate(FROM) == ["cache-storage,cache,0"]
    one.never_went_back()
