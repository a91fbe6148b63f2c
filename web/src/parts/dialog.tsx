import { type ReactNode, useRef } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';

import { Refusable } from './refusable';
import { useSpeech } from '../texts/language';
import { Button } from './button';

interface DialogProps {
  title: string;
  open: boolean;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  role?: 'dialog' | 'alertdialog';
  wide?: boolean;
}

/** A window over the page; keeps the focus inside and gives it back. */
export function Dialog({ title, open, onClose, children, footer, role = 'dialog', wide }: DialogProps) {
  const { t } = useSpeech();
  const body = useRef<HTMLDivElement>(null);
  return (
    <ModalOverlay
      className="fw-overlay"
      isOpen={open}
      isDismissable={role === 'dialog'}
      onOpenChange={(next) => {
        if (!next) onClose();
      }}
    >
      <Modal className={wide ? 'fw-modal fw-modal--wide' : 'fw-modal'}>
        <AriaDialog className="kern-dialog fw-dialog" role={role}>
          <div className="kern-dialog__header">
            <Heading slot="title" level={2} className="kern-title">
              {title}
            </Heading>
            <Button look="tertiary" icon="close" iconOnly onClick={onClose}>
              {t.act.close}
            </Button>
          </div>
          <div className="kern-dialog__body" ref={body}>
            <Refusable root={body}>{children}</Refusable>
          </div>
          {footer && <div className="kern-dialog__footer">{footer}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
