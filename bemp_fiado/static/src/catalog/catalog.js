import { _t } from "@web/core/l10n/translation";
import { patch } from "@web/core/utils/patch";
import { ProductCatalogKanbanController } from "@product/product_catalog/kanban_controller";

patch(ProductCatalogKanbanController.prototype, {
    /** Who came from the counter goes back to a service order, not to a quotation. */
    _defineButtonContent() {
        super._defineButtonContent();
        if (this.props.context.fiado_counter) {
            this.buttonString = _t("Back to the Service Order");
        }
    },
});
