import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Goes on with closing orders, a few in each call, and shows how far it is. Whoever
 * closes the dialog stops it: the orders that are left stay open.
 */
export class CloseBatchProgress extends Component {
    static template = "bemp_fiado.CloseBatchProgress";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ isRunning: false });
        this.isLeft = false;
        onMounted(() => this.goOn());
        onWillUnmount(() => {
            this.isLeft = true;
        });
    }

    get done() {
        const { closed_count, refused_count } = this.props.record.data;
        return closed_count + refused_count;
    }

    get total() {
        return this.done + this.props.record.data.open_count;
    }

    async goOn() {
        const { record } = this.props;
        if (!record.context.fiado_go_on) {
            return;
        }
        this.state.isRunning = true;
        try {
            while (!this.isLeft && record.data.open_count) {
                await this.orm.call(
                    record.resModel,
                    "action_close_orders",
                    [[record.resId]],
                    { context: record.context }
                );
                await record.load();
            }
        } finally {
            this.state.isRunning = false;
        }
    }
}

registry.category("view_widgets").add("fiado_close_batch_progress", {
    component: CloseBatchProgress,
});
