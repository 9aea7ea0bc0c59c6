import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * What the owner looks at in the morning. The server says what each figure is and which
 * action and domain list what it is made of; here it is only drawn.
 */
export class FiadoDashboard extends Component {
    static template = "bemp_fiado.Dashboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.canvasRef = useRef("canvas");
        this.display = { controlPanel: {} };
        onWillStart(async () => {
            [this.data] = await Promise.all([
                this.orm.call("fiado.wallet", "get_dashboard", []),
                loadBundle("web.chartjs_lib"),
            ]);
        });
        useEffect(() => this.drawChart());
        onWillUnmount(() => this.chart?.destroy());
    }

    formatAmount(amount) {
        return formatMonetary(amount, { currencyId: this.data.currency_id });
    }

    /** Open the list of what a figure, or a bar of the chart, is made of. */
    async openList({ action, domain, context, label, title = label }) {
        const loaded = await this.action.loadAction(action);
        return this.action.doAction(
            { ...loaded, domain, name: title, display_name: title },
            { additionalContext: context }
        );
    }

    async openWallet(debtor) {
        const action = await this.orm.call("res.partner", "action_open_wallet", [
            [debtor.partner_id],
        ]);
        return this.action.doAction(action);
    }

    openSettings() {
        return this.action.doAction("bemp_fiado.res_config_settings_action");
    }

    openOrders() {
        return this.action.doAction("sale.action_orders");
    }

    drawChart() {
        this.chart?.destroy();
        if (!this.canvasRef.el) {
            return;
        }
        const { months } = this.data;
        // Who may not read balances of past days sees only how high the bars are.
        const getMonth = (bar) => bar && months[bar.index].action && months[bar.index];
        const scheme = cookie.get("color_scheme");
        const options = {
            maintainAspectRatio: false,
            onClick: (_event, [bar]) => getMonth(bar) && this.openList(getMonth(bar)),
            onHover: (event, [bar]) => {
                event.native.target.style.cursor = getMonth(bar) ? "pointer" : "default";
            },
            plugins: {
                legend: { display: false },
                tooltip: {
                    displayColors: false,
                    callbacks: { label: ({ raw }) => this.formatAmount(raw) },
                },
            },
            scales: {
                x: { grid: { display: false } },
                y: {
                    beginAtZero: true,
                    ticks: {
                        maxTicksLimit: 5,
                        callback: (value) =>
                            formatMonetary(value, {
                                currencyId: this.data.currency_id,
                                humanReadable: true,
                            }),
                    },
                },
            },
        };
        this.chart = new Chart(this.canvasRef.el, {
            type: "bar",
            data: {
                labels: months.map(({ label }) => label),
                datasets: [
                    {
                        data: months.map(({ amount }) => amount),
                        backgroundColor: getColor(1, scheme, "odoo"),
                    },
                ],
            },
            options,
        });
    }
}

registry.category("actions").add("bemp_fiado.dashboard", FiadoDashboard);
