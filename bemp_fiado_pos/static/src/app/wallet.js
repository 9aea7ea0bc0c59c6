/** What movements do to a wallet: the till's side of the addon's wallet.py.
 *
 * A wallet is `{ debt, credit, headroom }`, the headroom `false` where there is no limit.
 * Movements are positive in the customer's favour. `round` rounds as the currency does.
 */

/** What a movement pays of the debt and leaves as credit, or takes from the credit and
 * leaves as debt: positive in the customer's favour. */
export function splitMovement(wallet, movement, round) {
    if (movement > 0) {
        const debt = Math.min(movement, Math.max(wallet.debt, 0));
        return { debt: round(debt), credit: round(movement - debt) };
    }
    const credit = Math.max(movement, Math.min(-wallet.credit, 0));
    return { debt: round(movement - credit), credit: round(credit) };
}

/** The wallet as a movement leaves it. */
export function moveWallet(wallet, movement, round) {
    const parts = splitMovement(wallet, movement, round);
    return {
        ...wallet,
        debt: round(wallet.debt - parts.debt),
        credit: round(wallet.credit + parts.credit),
        headroom: wallet.headroom === false ? false : round(wallet.headroom + parts.debt),
    };
}

/** How much a movement adds to the debt. */
export function getNewDebt(wallet, movement, round) {
    return Math.max(-splitMovement(wallet, movement, round).debt, 0);
}

/** How much credit a movement leaves that wasn't there. */
export function getNewCredit(wallet, movement, round) {
    return Math.max(splitMovement(wallet, movement, round).credit, 0);
}

/** What the customer has left (positive) or owes (negative). */
export function getBalance(wallet, round) {
    return round(wallet.credit - wallet.debt);
}
