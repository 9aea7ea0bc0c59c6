import { expect, test } from "@odoo/hoot";
import {
    getBalance,
    getNewCredit,
    getNewDebt,
    moveWallet,
    splitMovement,
} from "@bemp_fiado_pos/app/wallet";

const round = (amount) => Math.round(amount * 100) / 100 || 0;
const wallet = (debt, credit, headroom = false) => ({ debt, credit, headroom });

test("what is missing is debt", () => {
    expect(splitMovement(wallet(0, 0), -25, round)).toEqual({ debt: -25, credit: 0 });
    expect(getNewDebt(wallet(0, 0), -25, round)).toBe(25);
    expect(moveWallet(wallet(0, 0, 100), -25, round)).toEqual(wallet(25, 0, 75));
});

test("credit is used first", () => {
    expect(splitMovement(wallet(0, 5), -55, round)).toEqual({ debt: -50, credit: -5 });
    expect(getNewDebt(wallet(0, 5), -55, round)).toBe(50);
    expect(getNewDebt(wallet(0, 55), -55, round)).toBe(0);
    expect(moveWallet(wallet(0, 5, 100), -55, round)).toEqual(wallet(50, 0, 50));
});

test("debt is paid first", () => {
    expect(splitMovement(wallet(25, 0), 40, round)).toEqual({ debt: 25, credit: 15 });
    expect(getNewCredit(wallet(25, 0), 40, round)).toBe(15);
    expect(getNewCredit(wallet(25, 0), 25, round)).toBe(0);
    expect(moveWallet(wallet(25, 0, 75), 40, round)).toEqual(wallet(0, 15, 100));
});

test("without a limit there is none after it either", () => {
    expect(moveWallet(wallet(0, 0), -25, round).headroom).toBe(false);
});

test("cents don't drift", () => {
    let moved = wallet(0, 0, 1);
    for (let i = 0; i < 10; i++) {
        moved = moveWallet(moved, -0.1, round);
    }
    expect(moved).toEqual(wallet(1, 0, 0));
    expect(getBalance(moved, round)).toBe(-1);
    expect(getNewDebt(wallet(0, 0.3), -(0.1 + 0.2), round)).toBe(0);
});
