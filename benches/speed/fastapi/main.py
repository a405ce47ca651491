"""Three operations of the shop in FastAPI, as its documentation writes services."""

import datetime
import os
import uuid
from typing import Annotated, Literal

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

# Two workers have as many connections as one of the others.
engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=5, max_overflow=0)
sessions = async_sessionmaker(engine, expire_on_commit=False)
app = FastAPI()


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "items"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    sku: Mapped[str]
    name: Mapped[str]
    price: Mapped[float]
    currency: Mapped[str]
    tags: Mapped[list | None] = mapped_column(JSONB(none_as_null=True))
    attributes: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    discount: Mapped[float | None]
    payment: Mapped[dict | None] = mapped_column(JSONB(none_as_null=True))
    created_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True))
    updated_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True))


class NewItem(BaseModel):
    sku: str = Field(pattern=r"^[A-Z]{2,5}-[0-9]{1,12}$")
    name: str = Field(min_length=1, max_length=100)
    price: float = Field(ge=0)
    currency: Literal["KRW", "USD", "JPY"] = "KRW"
    tags: list[Annotated[str, Field(min_length=1, max_length=30)]] | None = Field(None, max_length=10)
    attributes: dict[str, str] | None = None
    discount: float | None = Field(None, ge=0)
    payment: dict | None = None


class Item(NewItem):
    model_config = ConfigDict(from_attributes=True)
    id: uuid.UUID
    created_at: datetime.datetime
    updated_at: datetime.datetime


class Meta(BaseModel):
    limit: int
    has_next: bool
    next_cursor: str | None


class Page(BaseModel):
    items: list[Item]
    meta: Meta


async def session():
    async with sessions() as session:
        yield session


def may_write(credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]):
    try:
        claims = jwt.decode(credentials.credentials, os.environ["JWT_SECRET"], algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    if "items:write" not in claims["scope"].split():
        raise HTTPException(403)


Session = Annotated[AsyncSession, Depends(session)]


@app.get("/api/v1/items/{item_id}", response_model_exclude_none=True)
async def get_item(item_id: uuid.UUID, db: Session) -> Item:
    row = await db.get(Row, item_id)
    if row is None:
        raise HTTPException(404)
    return row


@app.get("/api/v1/items", response_model_exclude_none=True)
async def list_items(db: Session, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> Page:
    rows = select(Row).order_by(Row.created_at.desc(), Row.id.desc()).limit(limit + 1)
    rows = (await db.scalars(rows)).all()
    items = rows[:limit]
    cursor = str(items[-1].id) if items else None
    return Page(
        items=[Item.model_validate(row) for row in items],
        meta=Meta(limit=limit, has_next=len(rows) > limit, next_cursor=cursor),
    )


@app.post("/api/v1/items", status_code=201, response_model_exclude_none=True, dependencies=[Depends(may_write)])
async def create_item(new: NewItem, db: Session, response: Response) -> Item:
    now = datetime.datetime.now(datetime.UTC)
    row = Row(id=uuid.uuid4(), created_at=now, updated_at=now, **new.model_dump())
    db.add(row)
    await db.commit()
    response.headers["location"] = f"/api/v1/items/{row.id}"
    return row
