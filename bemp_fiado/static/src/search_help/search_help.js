import { useEffect } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { ActionHelper } from "@web/views/action_helper";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

const UNNAMED = ".o_list_button button[data-tooltip]:not([aria-label])";

/**
 * What an empty list says. Odoo says the same whether there is nothing or nothing was
 * found: who searches for a customer would read that nobody owes.
 */
export class SearchHelp extends ActionHelper {
    /** Whether anything was chosen besides what the list was opened with. */
    get isSearched() {
        const { query, searchItems } = this.env.searchModel;
        return query
            .map(({ searchItemId }) => searchItems[searchItemId])
            .some(({ isDefault, type }) => !isDefault && !type.endsWith("roupBy"));
    }

    get showDefaultHelper() {
        return this.isSearched || super.showDefaultHelper;
    }

    get title() {
        return this.isSearched && _t("Nothing found for this search");
    }

    get description() {
        return this.isSearched && _t("Search for something else, or remove a filter.");
    }
}

class SearchHelpListRenderer extends ListRenderer {
    static components = { ...ListRenderer.components, ActionHelper: SearchHelp };

    setup() {
        super.setup();
        // Odoo's lists give their buttons a tooltip, which nobody hears.
        useEffect(() => {
            for (const button of this.rootRef.el.querySelectorAll(UNNAMED)) {
                button.ariaLabel = button.dataset.tooltip;
            }
        });
    }
}

class SearchHelpKanbanRenderer extends KanbanRenderer {
    static components = { ...KanbanRenderer.components, ActionHelper: SearchHelp };
}

registry
    .category("views")
    .add("fiado_list", { ...listView, Renderer: SearchHelpListRenderer })
    .add("fiado_kanban", { ...kanbanView, Renderer: SearchHelpKanbanRenderer });
