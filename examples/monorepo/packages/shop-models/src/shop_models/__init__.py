from pydantic import BaseModel


class Order(BaseModel):
    sku: str
    quantity: int
    price: float

    @property
    def total(self) -> float:
        return round(self.quantity * self.price, 2)
