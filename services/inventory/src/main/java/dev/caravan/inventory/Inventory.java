package dev.caravan.inventory;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.transaction.annotation.Transactional;

/**
 * Reserves stock, then takes it out or gives it back. Each call is one transaction, the caller's if there is one. A
 * call that was already carried out changes nothing and answers the same. Orders may compete: what they reserve
 * together never exceeds what there is.
 */
@Transactional
public class Inventory {

    private final StockRepository stock;
    private final ReservationRepository reservations;

    Inventory(StockRepository stock, ReservationRepository reservations) {
        this.stock = stock;
        this.reservations = reservations;
    }

    /**
     * Reserves all items, or none.
     *
     * @param holder who alone may release or confirm them
     * @throws OutOfStockException nothing is reserved
     * @throws UnknownProductException nothing is reserved
     * @throws ReservedByAnotherException nothing is reserved for this holder
     * @throws IllegalStateException the order's items were released or sold before
     */
    public Reservation reserve(ReserveInventory command, String holder) {
        Optional<Reservation> existing = reservations.findAndLock(command.orderId());
        if (existing.isPresent()) {
            if (!reservations.isHeldBy(command.orderId(), holder)) {
                throw new ReservedByAnotherException(
                        "The items of order " + command.orderId() + " are reserved by somebody else");
            }
            existing.get().status().mayBecome(ReservationStatus.RESERVED, command.orderId());
            return existing.get();
        }
        List<Item> items = command.itemsInLockOrder();
        for (Item item : items) {
            if (!stock.reserve(item)) {
                throw rejected(item);
            }
            reservations.insert(command.orderId(), item, holder);
        }
        return new Reservation(command.orderId(), items, ReservationStatus.RESERVED);
    }

    private RuntimeException rejected(Item item) {
        return stock.find(item.productId())
                .<RuntimeException>map(left -> new OutOfStockException("Of " + item.productId() + ", " + item.quantity()
                        + " are wanted and " + left.available() + " are available"))
                .orElseGet(() -> new UnknownProductException("There is no product " + item.productId() + " in stock"));
    }

    /**
     * Gives everything back that this holder reserved for the order, which may be nothing.
     *
     * @throws IllegalStateException the items are sold
     */
    public Reservation release(ReleaseInventory command, String holder) {
        return find(command.orderId(), holder)
                .map(reservation -> end(reservation, ReservationStatus.RELEASED, stock::release))
                .orElseGet(() -> new Reservation(command.orderId(), List.of(), ReservationStatus.RELEASED));
    }

    /**
     * Takes out for good what this holder reserved for the order.
     *
     * @throws IllegalStateException it has reserved nothing for the order
     */
    public Reservation confirm(ConfirmInventory command, String holder) {
        return find(command.orderId(), holder)
                .map(reservation -> end(reservation, ReservationStatus.CONFIRMED, stock::confirm))
                .orElseThrow(() -> new IllegalStateException("Nothing is reserved for order " + command.orderId()
                        + ", so nothing can be confirmed; reserve it first"));
    }

    private Optional<Reservation> find(String orderId, String holder) {
        return reservations.findAndLock(orderId).filter(found -> reservations.isHeldBy(orderId, holder));
    }

    private Reservation end(Reservation reservation, ReservationStatus status, Consumer<Item> change) {
        if (reservation.status().mayBecome(status, reservation.orderId())) {
            reservation.items().forEach(change);
            reservations.setStatus(reservation.orderId(), status);
        }
        return new Reservation(reservation.orderId(), reservation.items(), status);
    }
}
