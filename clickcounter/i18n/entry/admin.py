"""The texts of `/admin/` about invitations."""

from clickcounter.i18n.bilingual import Text

ENTRY_ADMIN: dict[str, Text] = {
    "code": Text(en="Code", ru="Код"),
    "continue": Text(en="Continue", ru="Продолжить"),
    "invitations": Text(en="Invitations", ru="Приглашения"),
    "invite": Text(en="Invite", ru="Пригласить"),
    "invite_said": Text(
        en="You get a link to pass on. The server does not keep it, so nobody can look it up later.",
        ru="Вы получите ссылку, которую можно переслать. Сервер её не хранит, поэтому позже её уже не посмотреть.",
    ),
    "for_whom": Text(en="For whom", ru="Для кого"),
    "most_people": Text(en="How many people may register", ru="Сколько человек могут зарегистрироваться"),
    "valid_days": Text(en="Valid for how many days", ru="Сколько дней действует"),
    "registered": Text(en="Registered", ru="Регистраций"),
    "made_by": Text(en="Created by", ru="Кто создал"),
    "not_valid": Text(en="no longer valid", ru="больше не действует"),
    "invitation_link": Text(en="Invitation link", ru="Ссылка-приглашение"),
    "invitation_link_said": Text(
        en="Copy the link now. After you sign out, nobody can see it again.",
        ru="Скопируйте ссылку сейчас. После выхода из учётной записи её уже никто не увидит.",
    ),
    "registration_open": Text(
        en="Anyone can register without an invitation: CLICKCOUNTER_REGISTRATION is open.",
        ru="Регистрироваться можно и без приглашения: CLICKCOUNTER_REGISTRATION имеет значение open.",
    ),
    "registration_closed": Text(
        en="Invitations do not work now: CLICKCOUNTER_REGISTRATION is closed.",
        ru="Приглашения сейчас не действуют: CLICKCOUNTER_REGISTRATION имеет значение closed.",
    ),
}
