"""The texts of the dialog about webhooks, which come with its first answer, and the errors."""

from clickcounter.i18n.bilingual import Text

# One sentence for all of these: otherwise the answers would tell which hosts there are in the server's own network.
UNREACHABLE = Text(
    en="this host is unknown or not public, or the port is not allowed",
    ru="этот узел неизвестен или не публичный, либо порт запрещён",
)

WEBHOOKS: dict[str, Text] = {
    "webhooks_said": Text(
        en="The server sends a signed message to these addresses when something happens to the counter.",
        ru="Когда со счётчиком что-то происходит, сервер отправляет на эти адреса подписанное сообщение.",
    ),
    "no_webhooks": Text(en="No webhooks yet.", ru="Вебхуков пока нет."),
    "webhook_add": Text(en="Add a webhook", ru="Добавить вебхук"),
    "webhook_do": Text(en="Add", ru="Добавить"),
    "webhook_address": Text(en="Address", ru="Адрес"),
    "webhook_events": Text(en="Events", ru="События"),
    "event_goal": Text(en="goal reached", ru="цель достигнута"),
    "event_limit": Text(en="limit reached", ru="предел достигнут"),
    "event_warning": Text(en="warning reached", ru="порог предупреждения достигнут"),
    "event_reset": Text(en="reset", ru="обнуление"),
    "event_archived": Text(en="archived or restored", ru="архивирование и возврат из архива"),
    "event_changed": Text(
        en="every change (at most one message a second)", ru="каждое изменение (не чаще сообщения в секунду)"
    ),
    "webhook_secret": Text(en="Secret for signatures", ru="Секрет для подписей"),
    "webhook_secret_said": Text(
        en="The receiver checks signatures with this secret. Copy it now. It is not shown again.",
        ru="Этим секретом получатель проверяет подписи. Скопируйте секрет сейчас: больше он не будет показан.",
    ),
    "webhook_test": Text(en="Send a test", ru="Отправить тест"),
    "webhook_remove": Text(en="Remove", ru="Удалить"),
    "webhook_new": Text(en="nothing sent yet", ru="ещё ничего не отправлено"),
    "webhook_testing": Text(en="sending a test…", ru="тест отправляется…"),
    "webhook_ok": Text(en="last answer: {answer}, {at}", ru="последний ответ: {answer}, {at}"),
    "webhook_trying": Text(
        en="last answer: {answer}, {at}; it will be tried again, messages waiting: {n}",
        ru="последний ответ: {answer}, {at}; отправка повторится, сообщений в очереди: {n}",
    ),
    "webhook_failed": Text(
        en="failed, nothing is sent any more. Last answer: {answer}, {at}. A successful test turns it on again.",
        ru="ошибка, больше ничего не отправляется. Последний ответ: {answer}, {at}. Удачный тест снова включит вебхук.",
    ),
    "error_address": UNREACHABLE,
    "error_name": UNREACHABLE,  # in databases of earlier versions
    "error_timeout": Text(en="no answer within 10 seconds", ru="нет ответа за 10 секунд"),
    "error_tls": Text(en="a secure connection (TLS) failed", ru="не удалось установить защищённое соединение (TLS)"),
    "error_connect": Text(en="no connection", ru="нет соединения"),
    "error_answer": Text(en="the answer is not HTTP", ru="ответ не по протоколу HTTP"),
    "error_redirect": Text(en="{n}: redirects are not followed", ru="{n}: переадресация не поддерживается"),
}

WEBHOOK_ERRORS: dict[str, Text] = {
    "webhook_url": Text(
        en="Enter an address that begins with https:// or http://, without a password, up to 2,000 characters long. "
        "Its port must be 80, 443, or 1024 or higher.",
        ru="Введите адрес, который начинается с https:// или http://, без пароля, не длиннее 2000\u00a0знаков. "
        "Порт должен быть 80, 443 или не меньше 1024.",
    ),
    "webhook_events": Text(en="Choose at least one event.", ru="Выберите хотя бы одно событие."),
    "webhook_many": Text(
        en="A counter can have up to 10 webhooks. Remove one first.",
        ru="У счётчика может быть не больше 10 вебхуков. Сначала удалите один.",
    ),
    "no_webhook": Text(en="This webhook has been removed.", ru="Этот вебхук удалён."),
}
