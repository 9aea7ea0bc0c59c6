import { registry } from "@web/core/registry";
import * as Chrome from "@point_of_sale/../tests/pos/tours/utils/chrome_util";
import * as Dialog from "@point_of_sale/../tests/generic_helpers/dialog_util";
import * as OfflineUtil from "@point_of_sale/../tests/generic_helpers/offline_util";
import * as PartnerList from "@point_of_sale/../tests/pos/tours/utils/partner_list_util";
import * as PaymentScreen from "@point_of_sale/../tests/pos/tours/utils/payment_screen_util";
import * as PosSale from "@pos_sale/../tests/tours/utils/pos_sale_utils";
import * as ProductScreen from "@point_of_sale/../tests/pos/tours/utils/product_screen_util";
import * as ReceiptScreen from "@point_of_sale/../tests/pos/tours/utils/receipt_screen_util";
import * as TextInputPopup from "@point_of_sale/../tests/generic_helpers/text_input_popup_util";

const sell = (product, customer, quantity = "1") => [
    ...ProductScreen.addOrderline(product, quantity),
    ...ProductScreen.clickPartnerButton(),
    ...ProductScreen.clickCustomer(customer),
    ...ProductScreen.clickPayButton(),
];
const shows = (trigger) => ({ content: trigger, trigger });
const click = (trigger) => ({ content: trigger, trigger, run: "click" });
const receipt = (before, after) => [
    ...ReceiptScreen.isShown(),
    shows(`.o_fiado_before:contains('${before}')`),
    shows(`.o_fiado_after:contains('${after}')`),
];
const validate = () => PaymentScreen.clickValidate();
const pay = (name) => PaymentScreen.clickPaymentMethod(name);
const next = () => ReceiptScreen.clickNextOrder();
const sync = () => ({
    content: "what was sold offline is sent",
    trigger: "body",
    run: async () => {
        const { data, models } = window.posmodel;
        data.network.offline = false;
        await window.posmodel.syncAllOrders({ throw: true });
        const left = models["pos.order"].filter((order) => order.isUnsyncedPaid);
        if (left.length) {
            throw new Error(`${left.length} orders were not sent`);
        }
    },
});

registry.category("web_tour.tours").add("fiado_pos", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            // 55, of which 25 are left: a debt, with a line to sign on.
            sell("Haircut", "Maria"),
            shows(".o_fiado_free:contains('100.00')"),
            pay("Cash"),
            PaymentScreen.enterPaymentLineAmount("Cash", "30"),
            pay("Fiado"),
            validate(),
            receipt("0.00", "25.00"),
            shows(".o_fiado_due:contains('4/9/2026')"),
            shows(".o_fiado_signature:contains('Maria')"),
            next(),
            // The next purchase pays the debt with it, in one click.
            sell("Haircut", "Maria"),
            shows(".o_fiado_debt:contains('25.00')"),
            click(".o_fiado_pay"),
            PaymentScreen.remainingIs("80.0"),
            pay("Cash"),
            validate(),
            receipt("25.00", "0.00"),
            next(),
            // Change is kept as credit, and used for the next purchase.
            sell("Haircut", "Maria"),
            pay("Cash"),
            PaymentScreen.enterPaymentLineAmount("Cash", "60"),
            click(".o_fiado_keep"),
            validate(),
            receipt("0.00", "5.00"),
            next(),
            sell("Haircut", "Maria"),
            shows(".o_fiado_credit:contains('5.00')"),
            click(".o_fiado_use"),
            PaymentScreen.remainingIs("50.0"),
            pay("Cash"),
            validate(),
            receipt("5.00", "0.00"),
            next(),
            // Over the limit: the sentence comes before the money.
            sell("Haircut", "Maria", "3"),
            pay("Fiado"),
            validate(),
            shows(".modal-body:contains('of a limit of')"),
            Dialog.confirm(),
            PaymentScreen.clickPaymentlineDelButton("Fiado", "165.0"),
            pay("Cash"),
            validate(),
            ReceiptScreen.isShown(),
            next(),
            // Who leaves no debt: it is said where the money is typed.
            sell("Haircut", "Nora"),
            shows(".o_fiado_notice:contains('leaves no debt')"),
            pay("Cash"),
            validate(),
            ReceiptScreen.isShown(),
            next(),
        ].flat(),
});

registry.category("web_tour.tours").add("fiado_pos_offline", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            ProductScreen.addOrderline("Haircut", "1"),
            ProductScreen.clickPartnerButton(),
            ProductScreen.clickCustomer("Maria"),
            OfflineUtil.setOfflineMode(),
            ProductScreen.clickPayButton(),
            pay("Fiado"),
            validate(),
            Dialog.confirm("Continue with limited functionality"),
            receipt("0.00", "55.00"),
            next(),
            // What was sold offline counts for the next one.
            sell("Haircut", "Maria"),
            shows(".o_fiado_debt:contains('55.00')"),
            shows(".o_fiado_free:contains('45.00')"),
            pay("Fiado"),
            validate(),
            shows(".modal-body:contains('when this was last known')"),
            Dialog.confirm(),
            PaymentScreen.clickPaymentlineDelButton("Fiado", "55.0"),
            pay("Cash"),
            PaymentScreen.enterPaymentLineAmount("Cash", "30"),
            pay("Fiado"),
            validate(),
            receipt("55.00", "80.00"),
            OfflineUtil.setOnlineMode(),
            next(),
            sync(),
            sync(),
            // And is received from the list of customers, without a sale.
            ProductScreen.clickPartnerButton(),
            shows(".partner-line:contains('Maria') .o_fiado_debt:contains('80.00')"),
            PartnerList.clickPartnerOptions("Maria"),
            PartnerList.clickDropDownItemText("Receive debt"),
            PaymentScreen.remainingIs("80.0"),
            pay("Cash"),
            validate(),
            receipt("80.00", "0.00"),
            next(),
        ].flat(),
});

registry.category("web_tour.tours").add("fiado_pos_manager", {
    steps: () =>
        [
            Chrome.startPoS(),
            Dialog.confirm("Open Register"),
            sell("Haircut", "Maria", "2"),
            pay("Fiado"),
            validate(),
            TextInputPopup.inputText("Her mother pays"),
            Dialog.confirm(),
            receipt("0.00", "110.00"),
            next(),
        ].flat(),
});

/** A mother pays for her daughter: the till says so, and so does the receipt. */
registry.category("web_tour.tours").add("fiado_pos_payer", {
    steps: () =>
        [
            Chrome.startPoS(),
            sell("Haircut", "Bia"),
            shows(".o_fiado_payer:contains('Maria')"),
            pay("Fiado"),
            validate(),
            receipt("0.00", "55.00"),
            shows(".o_fiado_receipt .o_fiado_payer:contains('Maria')"),
            shows(".o_fiado_signature:contains('Bia')"),
        ].flat(),
});

registry.category("web_tour.tours").add("fiado_pos_payer_of_an_order", {
    steps: () =>
        [
            Chrome.startPoS(),
            // Maria pays the order that Bia took: she owes 30 of at most 100.
            PosSale.settleSaleOrderByPrice("55.00"),
            ProductScreen.totalAmountIs("55.00"),
            ProductScreen.clickPayButton(),
            shows(".o_fiado_payer:contains('Maria')"),
            shows(".o_fiado_debt:contains('30.00')"),
            shows(".o_fiado_free:contains('70.00')"),
            pay("Fiado"),
            validate(),
            receipt("30.00", "85.00"),
            shows(".o_fiado_receipt .o_fiado_payer:contains('Maria')"),
            shows(".o_fiado_signature:contains('Bia')"),
            next(),
            // What is free of her limit is not enough for the next one.
            PosSale.settleSaleOrderByPrice("40.00"),
            ProductScreen.clickPayButton(),
            shows(".o_fiado_free:contains('15.00')"),
            pay("Fiado"),
            validate(),
            shows(".modal-body:contains('Maria')"),
            Dialog.confirm(),
            PaymentScreen.clickPaymentlineDelButton("Fiado", "40.0"),
            pay("Cash"),
            validate(),
            ReceiptScreen.isShown(),
            // Who buys without such an order has the own wallet.
            next(),
            sell("Haircut", "Bia"),
            shows(".o_fiado:not(:has(.o_fiado_payer))"),
            pay("Cash"),
            validate(),
            ReceiptScreen.isShown(),
        ].flat(),
});

registry.category("web_tour.tours").add("fiado_pos_pay_code", {
    steps: () =>
        [
            Chrome.startPoS(),
            // 55 on fiado: the receipt has the code that pays it.
            sell("Haircut", "Maria"),
            pay("Fiado"),
            validate(),
            ReceiptScreen.isShown(),
            shows(".o_fiado_pay_code img[src^='data:image/svg+xml;base64,']"),
            shows(".o_fiado_pay_code:contains('55.00')"),
        ].flat(),
});
