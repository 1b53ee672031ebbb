// Keeps a fault of one part from taking the page with it: says so in its place, and offers to try again.

import { Component, type ReactNode } from 'react';
import { t } from '../i18n/t';
import { Button } from '../ui/Button';
import { Empty } from '../ui/Empty';

interface Props {
  readonly children: ReactNode;
  /** Show nothing in its place. */
  readonly isQuiet?: boolean;
}

interface State {
  readonly error: Error | null;
}

export class Guarded extends Component<Props, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children;
    if (this.props.isQuiet === true) return null;
    return (
      <Empty icon="alert" title={t('app.broken')} text={`${t('app.brokenText')} ${this.state.error.message}`}>
        <Button onClick={() => this.setState({ error: null })}>{t('app.tryAgain')}</Button>
      </Empty>
    );
  }
}
