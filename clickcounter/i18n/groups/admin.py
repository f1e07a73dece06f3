"""What `/admin/` says about groups: some texts of their own pages."""

from clickcounter.i18n.bilingual import Text
from clickcounter.i18n.groups.page import GROUP as _GROUP

_NAMES = ("group_name", "parts", "part_archived", "part_minus", "archive_group_said", "reset_group")

GROUP_ADMIN: dict[str, Text] = {name: _GROUP[name] for name in _NAMES}
