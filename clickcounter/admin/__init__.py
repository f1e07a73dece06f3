"""`/admin/`: what superusers manage, as plain pages of the back end.

Why not starlette-admin (we looked at 1.0.3): its pages load a font from another host and run inline scripts, which the
content security policy forbids; its lists count all rows and skip to the page asked for, which is too slow for a ledger of
ten million; it signs people in by itself; and it writes rows, where ours must go through the ledger. All that is needed is
five lists and a few forms.
"""
