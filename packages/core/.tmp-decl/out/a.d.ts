import { type Component } from '@millrace/core';
export declare const socket: import("../dist/component/socket.js").OptionalVariadicSocket<string>;
export declare class A implements Component {
    readonly inputs: {
        hints: import("../dist/component/socket.js").OptionalVariadicSocket<string>;
        o: import("@millrace/core").OptionalSocket<string>;
        l: import("@millrace/core").Socket<"a" | 1>;
    };
    readonly outputs: {
        m: import("@millrace/core").Socket<import("@millrace/core").ChatMessageShape>;
        d: import("@millrace/core").Socket<import("@millrace/core").Document>;
        tools: import("@millrace/core").Socket<readonly (import("@millrace/core").Tool | import("@millrace/core").Toolset)[]>;
        cb: import("@millrace/core").Socket<import("@millrace/core").Callback>;
    };
    run(): {};
}
export declare const Shout: import("@millrace/core").DefinedComponent<{
    readonly x: import("@millrace/core").VariadicSocket<string>;
}, {}, {
    readonly a: string;
}>;
export declare const pipeline: any;
export declare const add: import("@millrace/core").Tool;
export declare const run: () => any;
//# sourceMappingURL=a.d.ts.map