"""The account page's React components, as Reflex components."""

from clickcounter.components.react import react_component

# Who is signed in, and the forms to change that.
Account = react_component("account/account.jsx", "Account", props=["texts"])

# A link to the page that somebody came from.
BackLink = react_component("account/account.jsx", "BackLink", props=["texts"])
