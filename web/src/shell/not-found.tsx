import { useTranslation } from 'react-i18next';
import { LinkButton } from '../design/controls';
import { Empty } from '../design/states';

export function NotFound({ home }: { home: string }) {
  const { t } = useTranslation();
  return (
    <Empty icon="info" title={t('shell.notFound')} actions={<LinkButton to={home}>{t('shell.toStart')}</LinkButton>}>
      {t('shell.notFoundHint')}
    </Empty>
  );
}
