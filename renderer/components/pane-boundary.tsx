/** A broken pane says so and offers to try again; the other panes go on. */
import { Component, type ReactNode } from 'react';

export class PaneBoundary extends Component<{ name: string; resetKey: string; children: ReactNode }, { error: Error | null; key: string }> {
  override state: { error: Error | null; key: string } = { error: null, key: this.props.resetKey };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  static getDerivedStateFromProps(
    props: { resetKey: string },
    state: { error: Error | null; key: string },
  ): { error: null; key: string } | null {
    return props.resetKey === state.key ? null : { error: null, key: props.resetKey };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="pane-message" role="alert">
        <strong className="strong">The {this.props.name} could not be drawn.</strong>
        <span className="mono">{this.state.error.message}</span>
        <button type="button" className="btn" onClick={() => this.setState({ error: null })}>
          Try again
        </button>
      </div>
    );
  }
}
