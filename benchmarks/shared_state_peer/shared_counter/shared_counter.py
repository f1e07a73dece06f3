"""The counter with shared state as Reflex documents it: tabs link to one token, and presses change a shared variable."""

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
        """Link to the other tabs when the page opens."""
        linked = await self._link_to("counter")
        with rx.session() as session:
            linked.count = session.exec(text("SELECT count FROM counter")).scalar_one()

    @rx.event
    def press(self):
        """Add one, on disk; Reflex updates the other tabs."""
        with rx.session() as session:
            self.count = session.exec(text("UPDATE counter SET count = count + 1 RETURNING count")).scalar_one()
            session.commit()


def page() -> rx.Component:
    """A number and a button."""
    return rx.vstack(rx.heading(CounterState.count), rx.button("Press me!", on_click=CounterState.press))


def make_table() -> None:
    """Create the table and its row."""
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
