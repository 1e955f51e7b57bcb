package dev.caravan.inventory;

import dev.caravan.saga.participant.StepRejectedException;
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
     * @throws StepRejectedException {@code OUT_OF_STOCK} or {@code UNKNOWN_PRODUCT}: nothing is reserved
     * @throws IllegalStateException the order's items were released or sold before
     */
    public Reservation reserve(ReserveInventory command) {
        Optional<Reservation> existing = reservations.findAndLock(command.orderId());
        if (existing.isPresent()) {
            existing.get().status().mayBecome(ReservationStatus.RESERVED, command.orderId());
            return existing.get();
        }
        List<Item> items = command.itemsInLockOrder();
        for (Item item : items) {
            if (!stock.reserve(item)) {
                throw rejected(item);
            }
            reservations.insert(command.orderId(), item);
        }
        return new Reservation(command.orderId(), items, ReservationStatus.RESERVED);
    }

    private StepRejectedException rejected(Item item) {
        return stock.find(item.productId())
                .map(left -> new StepRejectedException(
                        "OUT_OF_STOCK",
                        "Of " + item.productId() + ", " + item.quantity() + " are wanted and " + left.available()
                                + " are available"))
                .orElseGet(() -> new StepRejectedException(
                        "UNKNOWN_PRODUCT", "There is no product " + item.productId() + " in stock"));
    }

    /**
     * Gives everything back that the order reserved, which may be nothing.
     *
     * @throws IllegalStateException the items are sold
     */
    public Reservation release(ReleaseInventory command) {
        return reservations
                .findAndLock(command.orderId())
                .map(reservation -> end(reservation, ReservationStatus.RELEASED, stock::release))
                .orElseGet(() -> new Reservation(command.orderId(), List.of(), ReservationStatus.RELEASED));
    }

    /**
     * Takes out for good what the order reserved.
     *
     * @throws IllegalStateException nothing is reserved for the order
     */
    public Reservation confirm(ConfirmInventory command) {
        return reservations
                .findAndLock(command.orderId())
                .map(reservation -> end(reservation, ReservationStatus.CONFIRMED, stock::confirm))
                .orElseThrow(() -> new IllegalStateException("Nothing is reserved for order " + command.orderId()
                        + ", so nothing can be confirmed; reserve it first"));
    }

    private Reservation end(Reservation reservation, ReservationStatus status, Consumer<Item> change) {
        if (reservation.status().mayBecome(status, reservation.orderId())) {
            reservation.items().forEach(change);
            reservations.setStatus(reservation.orderId(), status);
        }
        return new Reservation(reservation.orderId(), reservation.items(), status);
    }
}
