import { Component, type ReactNode } from 'react';
import { withTranslation, type WithTranslation } from 'react-i18next';
import { Button } from '../design/controls';
import { Empty } from '../design/states';

interface Props extends WithTranslation {
  children: ReactNode;
}

/** A fault of the page itself: said, with a way out, instead of a white screen. */
class Boundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    const { t, children } = this.props;
    if (!this.state.failed) return children;
    return (
      <Empty
        icon="alert"
        title={t('shell.broken')}
        actions={
          <Button variant="primary" onClick={() => window.location.reload()}>
            {t('shell.reload')}
          </Button>
        }
      >
        {t('shell.brokenHint')}
      </Empty>
    );
  }
}

export const ErrorBoundary = withTranslation()(Boundary);
