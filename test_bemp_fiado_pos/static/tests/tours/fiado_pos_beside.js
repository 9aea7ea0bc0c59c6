import { registry } from "@web/core/registry";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as FloorScreen from "@pos_restaurant/../tests/tours/utils/floor_screen_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as PosHr from "@pos_hr/../tests/tours/utils/pos_hr_helpers";
import * as PosLoyalty from "@pos_loyalty/../tests/tours/utils/pos_loyalty_util";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as SplitBillScreen from "@pos_restaurant/../tests/tours/utils/split_bill_screen_util";

const shows = (trigger) => ({ content: trigger, trigger });
const choose = (customer) => [
    ...PaymentScreen.clickPartnerButton(),
    ...PaymentScreen.clickCustomer(customer),
];
const pay = (name) => [
    ...PaymentScreen.clickPaymentMethod(name),
    ...PaymentScreen.clickValidate(),
];

/** A bill is split: one of the table leaves her part on fiado, the other pays cash. */
registry.category("web_tour.tours").add("fiado_pos_split", {
    steps: () =>
        [
            Chrome.startPoS(),
            FloorScreen.clickTable("2"),
            ProductScreen.addOrderline("Haircut", "1"),
            ProductScreen.addOrderline("Beard", "1"),
            ProductScreen.clickControlButton("Split"),
            SplitBillScreen.clickOrderline("Haircut"),
            SplitBillScreen.clickButton("Pay"),
            choose("Maria"),
            pay("Fiado"),
            shows(".o_fiado_after:contains('55.00')"),
            ReceiptScreen.clickContinueOrder(),
            SplitBillScreen.clickOrderline("Beard"),
            SplitBillScreen.clickButton("Pay"),
            pay("Cash"),
            ReceiptScreen.clickNextOrder(),
        ].flat(),
});

/** What a reward takes off is not owed. */
registry.category("web_tour.tours").add("fiado_pos_reward", {
    steps: () =>
        [
            Chrome.startPoS(),
            ProductScreen.addOrderline("Haircut", "1"),
            ProductScreen.clickPartnerButton(),
            ProductScreen.clickCustomer("Maria"),
            PosLoyalty.orderTotalIs("49.50"),
            ProductScreen.clickPayButton(),
            pay("Fiado"),
            shows(".o_fiado_after:contains('49.50')"),
            ReceiptScreen.clickNextOrder(),
        ].flat(),
});

/** An employee without a user sells with the rights of who opened the till. */
registry.category("web_tour.tours").add("fiado_pos_employee", {
    steps: () =>
        [
            Chrome.clickBtn("Open Register"),
            PosHr.loginScreenIsShown(),
            // There is one employee only: nobody is asked which.
            PosHr.clickLoginButton(),
            Dialog.confirm("Open Register"),
            ProductScreen.addOrderline("Haircut", "1"),
            ProductScreen.clickPartnerButton(),
            ProductScreen.clickCustomer("Maria"),
            ProductScreen.clickPayButton(),
            pay("Fiado"),
            shows(".o_fiado_after:contains('55.00')"),
            ReceiptScreen.clickNextOrder(),
        ].flat(),
});
