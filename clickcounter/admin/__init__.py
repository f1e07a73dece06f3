"""`/admin/`: what superusers look after, as plain pages of the back end.

Why not starlette-admin (1.0.3 was looked at): its pages load a font from another host and run scripts inside the page, which
the policy forbids; its lists count all rows and skip to the page asked for, which a ledger of ten million does not bear; it
signs people in by itself; and it writes rows, where ours must go through the ledger. Needed are four lists and a few forms.
"""
