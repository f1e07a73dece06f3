"""The texts of the account page about the second factor and passkeys."""

from clickcounter.i18n.bilingual import Text

ENTRY_PAGE: dict[str, Text] = {
    "passkeys_title": Text(en="Passkeys", ru="Ключи доступа"),
    "passkeys_said": Text(
        en="With a passkey, this device signs you in by your fingerprint, face or PIN, without a password or a code. "
        "Your password keeps working.",
        ru="С ключом доступа устройство впускает вас по отпечатку, лицу или PIN-коду, без пароля и кодов. "
        "Пароль продолжает действовать.",
    ),
    "passkeys_not_here": Text(
        en="Passkeys need https, a host name and a browser that has them.",
        ru="Для ключей доступа нужны https, имя сайта и браузер, в котором они есть.",
    ),
    "passkey_name": Text(en="Name of the passkey", ru="Название ключа"),
    "passkey_name_hint": Text(en="for example, the device: My phone", ru="например, устройство: Мой телефон"),
    "passkey_add": Text(en="Add passkey", ru="Добавить ключ доступа"),
    "passkey_remove": Text(en="Remove passkey", ru="Удалить ключ доступа"),
    "passkey_made": Text(en="added", ru="добавлен"),
    "passkey_used": Text(en="last used", ru="последний вход"),
    "passkey_sign_in": Text(en="Sign in with a passkey", ru="Войти с ключом доступа"),
    "passkey_cancelled": Text(
        en="The device gave no passkey. Try again, or sign in in another way.",
        ru="Устройство не дало ключа доступа. Попробуйте ещё раз или войдите другим способом.",
    ),
    "passkey_known": Text(
        en="This device has a passkey for this account already.",
        ru="На этом устройстве уже есть ключ доступа к этой учётной записи.",
    ),
    "second_factor_title": Text(en="Second factor", ru="Второй фактор"),
    "second_factor_off_said": Text(
        en="With a second factor, a stolen password is not enough: signing in also takes a code that an authenticator app "
        "on your phone shows. The password may then be shorter, from 8 characters.",
        ru="Со вторым фактором украденного пароля мало: для входа нужен ещё и код, который показывает "
        "приложение-аутентификатор в телефоне. Пароль тогда может быть короче — от 8 знаков.",
    ),
    "second_factor_on_said": Text(
        en="Signing in asks for a code from your authenticator app. Recovery codes left: {n}.",
        ru="Для входа нужен код из приложения-аутентификатора. Резервных кодов осталось: {n}.",
    ),
    "second_factor_begin": Text(en="Set up", ru="Настроить"),
    "second_factor_scan": Text(
        en="Scan this in your authenticator app, or type the key there. Then enter the code that it shows.",
        ru="Отсканируйте это в приложении-аутентификаторе или введите в нём ключ. Затем введите код, который оно покажет.",
    ),
    "second_factor_ends": Text(
        en="Your other devices need to sign in again then.", ru="На других устройствах после этого нужно войти заново."
    ),
    "second_factor_qr": Text(en="QR code for the authenticator app", ru="QR-код для приложения-аутентификатора"),
    "second_factor_key": Text(en="Key", ru="Ключ", context="authenticator"),
    "second_factor_code": Text(en="Code from the app", ru="Код из приложения"),
    "code_or_recovery": Text(en="Code from the app, or a recovery code", ru="Код из приложения или резервный код"),
    "second_factor_turn_on": Text(en="Turn on", ru="Включить"),
    "second_factor_turn_off": Text(en="Turn off", ru="Отключить"),
    "renew_codes": Text(en="New recovery codes", ru="Новые резервные коды"),
    "recovery_codes": Text(en="Recovery codes", ru="Резервные коды"),
    "recovery_codes_said": Text(
        en="Each of these works once in place of a code, if you lose the phone. Keep them where you would find them without "
        "it; they are shown only now.",
        ru="Каждый из них один раз заменит код, если вы потеряете телефон. Храните их там, где найдёте без него: "
        "показываются они только сейчас.",
    ),
}
