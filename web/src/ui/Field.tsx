// A labelled field, and the fields themselves: text, choice, switch.

import { type InputHTMLAttributes, type ReactNode, type Ref, type SelectHTMLAttributes, useId } from 'react';
import { classes } from './classes';
import css from './Field.module.css';

export interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: ReactNode;
  /** Label beside the field, not above. */
  readonly isRow?: boolean;
  readonly children: (id: string) => ReactNode;
}

export function Field({ label, hint, error, isRow = false, children }: FieldProps) {
  const id = useId();
  return (
    <div className={classes(css['field'], isRow && css['row'])}>
      <div className={css['words']}>
        <label htmlFor={id} className={css['label']}>
          {label}
        </label>
        {hint !== undefined && <p className={css['hint']}>{hint}</p>}
      </div>
      {children(id)}
      {error !== undefined && error !== null && (
        <p role="alert" className={css['error']}>
          {error}
        </p>
      )}
    </div>
  );
}

type InputProps = InputHTMLAttributes<HTMLInputElement> & { readonly ref?: Ref<HTMLInputElement> };

export function TextInput({ className, ...rest }: InputProps) {
  return <input type="text" autoComplete="off" {...rest} className={classes(css['input'], className)} />;
}

interface SearchInputProps extends Omit<InputProps, 'type' | 'placeholder' | 'aria-label' | 'onChange'> {
  readonly label: string;
  readonly onChange: (text: string) => void;
}

/** Narrows what is shown below it. What it is for stands in it. */
export function SearchInput({ label, onChange, ...rest }: SearchInputProps) {
  return (
    <TextInput
      {...rest}
      type="search"
      placeholder={label}
      aria-label={label}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

export interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'onChange'> {
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

export function Select({ options, onChange, className, ...rest }: SelectProps) {
  return (
    <select
      {...rest}
      className={classes(css['input'], css['select'], className)}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

export interface SwitchProps {
  readonly id?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly label?: string;
  readonly disabled?: boolean;
}

export function Switch({ id, checked, onChange, label, disabled = false }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      {...(id === undefined ? {} : { id })}
      {...(label === undefined ? {} : { 'aria-label': label })}
      aria-checked={checked}
      data-state={checked ? 'checked' : 'unchecked'}
      disabled={disabled}
      className={css['switch']}
      onClick={() => onChange(!checked)}
    >
      <span className={css['thumb']} data-state={checked ? 'checked' : 'unchecked'} />
    </button>
  );
}
