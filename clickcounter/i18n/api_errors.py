"""What only programs read: errors of the HTTP API."""

from clickcounter.i18n.bilingual import Text

API_ERRORS: dict[str, Text] = {
    "no_address": Text(
        en="There is no such address.",
        ru="Такого адреса нет.",
    ),
    "method": Text(
        en="This address does not take that method. Nothing was changed.",
        ru="Этот адрес не принимает такой метод. Ничего не изменено.",
    ),
    "body_large": Text(
        en="The body of the request is too long. Nothing was changed.",
        ru="Тело запроса слишком длинное. Ничего не изменено.",
    ),
    "body_slow": Text(
        en="The body of the request took too long to arrive. Nothing was changed.",
        ru="Тело запроса приходило слишком долго. Ничего не изменено.",
    ),
    "repeat_running": Text(
        en="The first request with this key is still being carried out. Ask again in a moment.",
        ru="Первый запрос с этим ключом ещё выполняется. Повторите чуть позже.",
    ),
    "repeat_differs": Text(
        en="This key was already used for a different request. Nothing was changed.",
        ru="Этот ключ уже использован для другого запроса. Ничего не изменено.",
    ),
    "program_device": Text(
        en="To undo a press, send the same API key or device as with the press.",
        ru="Чтобы отменить нажатие, пришлите тот же ключ для программ или то же устройство, что и при нажатии.",
    ),
    "not_ready": Text(
        en="This is still being added up. Ask again in a moment.",
        ru="Подсчёт ещё идёт. Повторите чуть позже.",
    ),
}
