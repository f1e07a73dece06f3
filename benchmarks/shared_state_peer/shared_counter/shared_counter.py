"""The counter as Reflex documents shared state: every tab links itself to one token, a press changes the shared variable."""

import reflex as rx
from sqlalchemy import text
from sqlmodel import Field, Session, SQLModel


class Counter(SQLModel, table=True):
    """One row with one number."""

    id: int = Field(primary_key=True)
    count: int = 0


class CounterState(rx.SharedState):
    """What all tabs share."""

    count: int = 0

    @rx.event
    async def join(self):
        """The page was opened: link to the others."""
        linked = await self._link_to("counter")
        with rx.session() as session:
            linked.count = session.exec(text("SELECT count FROM counter")).scalar_one()

    @rx.event
    def press(self):
        """Add one, on disk; Reflex tells the other tabs."""
        with rx.session() as session:
            self.count = session.exec(text("UPDATE counter SET count = count + 1 RETURNING count")).scalar_one()
            session.commit()


def page() -> rx.Component:
    """A number and a button."""
    return rx.vstack(rx.heading(CounterState.count), rx.button("Press me!", on_click=CounterState.press))


def make_table() -> None:
    """The table and its row."""
    engine = rx.model.get_engine()
    with Session(engine) as session:
        session.exec(text("PRAGMA journal_mode = WAL"))
        SQLModel.metadata.create_all(engine, [Counter.__table__])
        if session.get(Counter, 1) is None:
            session.add(Counter(id=1))
            session.commit()


app = rx.App()
app.add_page(page, route="/", on_load=CounterState.join)
app.register_lifespan_task(make_table)
