"""The texts of the dialog for API keys, on the counter page and the account page."""

from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.counter_page import COUNTER_PAGE

_SHARED = ("cancel", "close", "copied", "copy", "keep", "save")
KEYS: dict[str, Text] = {
    **{name: COUNTER_PAGE[name] for name in _SHARED},
    "keys": COUNTER_PAGE["keys"],
    "keys_of_counter": Text(
        en="A program that has a key can read this counter, press it or manage it. "
        "Whoever gets hold of a key can do the same.",
        ru="Программа, у которой есть ключ, может читать этот счётчик, нажимать или управлять им. "
        "То же сможет любой, к кому ключ попадёт.",
    ),
    "keys_of_account": Text(
        en="A program that has a key acts in your name on every counter you can see. "
        "Whoever gets hold of a key can do the same.",
        ru="Программа, у которой есть ключ, действует от вашего имени на всех счётчиках, которые вам видны. "
        "То же сможет любой, к кому ключ попадёт.",
    ),
    "no_keys": Text(en="No keys yet.", ru="Ключей пока нет."),
    "key_new": Text(en="New key…", ru="Новый ключ…"),
    "key_new_title": Text(en="New key", ru="Новый ключ"),
    "key_make": Text(en="Create key", ru="Создать ключ"),
    "key_name_field": Text(en="Name", ru="Название"),
    "key_name_hint": Text(
        en="for example “Door sensor”; shown with its presses", ru="например, «Датчик двери»; видно рядом с нажатиями"
    ),
    "key_may": Text(en="The program can", ru="Программа может"),
    "scope_read": Text(en="read", ru="читать"),
    "scope_press": Text(en="read and press", ru="читать и нажимать"),
    "scope_manage": Text(en="read, press and manage", ru="читать, нажимать и управлять"),
    "key_address_field": Text(
        en="Allow use in an address, for programs that can only open links. Others can easily see an address.",
        ru="Разрешить в адресе: для программ, которые умеют только открывать ссылки. Адрес легко могут увидеть посторонние.",
    ),
    "key_lasts": Text(en="Valid", ru="Действует"),
    "days_0": Text(en="until revoked", ru="пока не отозван"),
    "days_30": Text(en="for 30 days", ru="30 дней"),
    "days_365": Text(en="for a year", ru="год"),
    "key_once": Text(
        en="Copy the key now. It is not shown again.", ru="Скопируйте ключ сейчас: больше он не будет показан."
    ),
    "key_text": Text(en="Key", ru="Ключ"),
    "key_address": Text(en="Address that presses when opened", ru="Адрес для нажатия"),
    "key_unused": Text(en="never used", ru="не использовался"),
    "key_used": Text(en="last used {when}", ru="последнее использование: {when}"),
    "key_until": Text(en="until {when}", ru="до {when}"),
    "key_by": Text(en="made by {who}", ru="создатель: {who}"),
    "key_in_address": Text(en="also in an address", ru="можно в адресе"),
    "key_stopped": Text(en="no longer valid", ru="больше не действует"),
    "key_rename": Text(en="Rename", ru="Переименовать"),
    "key_rename_title": Text(en="Rename key", ru="Переименовать ключ"),
    "key_revoke": Text(en="Revoke", ru="Отозвать"),
    "key_revoke_title": Text(en="Revoke “{name}”?", ru="Отозвать «{name}»?"),
    "key_revoke_said": Text(
        en="Programs that use this key stop working at once. This cannot be undone. What they have pressed stays.",
        ru="Программы с этим ключом сразу перестанут работать. Отменить это нельзя. Их нажатия останутся.",
    ),
}
