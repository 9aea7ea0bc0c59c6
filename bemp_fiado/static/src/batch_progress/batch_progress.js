import { Component, onMounted, onWillUnmount, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * Goes on with what a screen does for many, a few in each call of its method, and shows
 * how far it is. Whoever closes the dialog stops it: what is left stays as it was.
 *
 * Options: the method, the field of how many are left, those of how many are done.
 */
export class BatchProgress extends Component {
    static template = "bemp_fiado.BatchProgress";
    static props = {
        ...standardWidgetProps,
        method: String,
        left: String,
        doneFields: Array,
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ isRunning: false });
        this.isLeft = false;
        onMounted(() => this.goOn());
        onWillUnmount(() => {
            this.isLeft = true;
        });
    }

    get left() {
        return this.props.record.data[this.props.left];
    }

    get done() {
        const { data } = this.props.record;
        return this.props.doneFields.reduce((sum, name) => sum + data[name], 0);
    }

    get total() {
        return this.done + this.left;
    }

    async goOn() {
        const { record, method } = this.props;
        if (!record.context.fiado_go_on) {
            return;
        }
        this.state.isRunning = true;
        try {
            while (!this.isLeft && this.left) {
                await this.orm.call(record.resModel, method, [[record.resId]], {
                    context: record.context,
                });
                await record.load();
            }
        } finally {
            this.state.isRunning = false;
        }
    }
}

registry.category("view_widgets").add("fiado_batch_progress", {
    component: BatchProgress,
    extractProps: ({ options }) => ({
        method: options.method,
        left: options.left,
        doneFields: options.done,
    }),
});
