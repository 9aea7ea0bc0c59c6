import { PartnerLine } from "@point_of_sale/app/screens/partner_list/partner_line/partner_line";
import { PartnerList } from "@point_of_sale/app/screens/partner_list/partner_list";
import { patch } from "@web/core/utils/patch";

patch(PartnerList.prototype, {
    get isBalanceDisplayed() {
        return super.isBalanceDisplayed || Boolean(this.pos.fiadoMethod);
    },
});

patch(PartnerLine.prototype, {
    get fiadoWallet() {
        return this.pos.getFiadoWallet(this.props.partner);
    },

    receiveFiado() {
        this.props.close();
        return this.pos.receiveFiado(this.props.partner);
    },
});
