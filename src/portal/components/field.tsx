import type { Child, PropsWithChildren } from 'hono/jsx'
import { Icon } from './icon.tsx'

export interface FieldProps {
  /** Of the control; its form's field has the same name unless `name` says otherwise. */
  readonly id: string
  readonly name?: string
  readonly label: string
  readonly hint?: Child
  /** Why what was sent cannot be taken. */
  readonly error?: string | null | undefined
  readonly required?: boolean | undefined
}

/** A control with everything that is said about it. */
const Field = ({ id, label, hint, error, required, children }: PropsWithChildren<FieldProps>) => (
  <div class="field">
    <label for={id}>
      {label}
      {required === false && <span class="optional"> (optional)</span>}
    </label>
    {children}
    <About id={id} hint={hint} error={error} />
  </div>
)

const About = ({ id, hint, error }: Pick<FieldProps, 'id' | 'hint' | 'error'>) => (
  <>
    {hasError(error) && (
      <p class="error" id={`${id}-error`}>
        <Icon name="notice" />
        {error}
      </p>
    )}
    {hint !== undefined && (
      <p class="hint" id={`${id}-hint`}>
        {hint}
      </p>
    )}
  </>
)

const hasError = (error: FieldProps['error']): error is string => error !== undefined && error !== null

/** What every control of a field carries. */
function controlOf({ id, name, hint, error, required }: Omit<FieldProps, 'label'>) {
  const described = [hasError(error) && `${id}-error`, hint !== undefined && `${id}-hint`].filter(Boolean).join(' ')
  return {
    id,
    name: name ?? id,
    required: required === true ? true : undefined,
    'aria-invalid': hasError(error) ? ('true' as const) : undefined,
    'aria-describedby': described === '' ? undefined : described,
  }
}

interface TextFieldProps extends FieldProps {
  readonly value?: string | null | undefined
  readonly type?: 'text' | 'password' | 'email' | 'url' | 'number' | 'date' | 'datetime-local' | undefined
  readonly placeholder?: string
  readonly autocomplete?: string
  readonly autofocus?: boolean
  readonly maxlength?: number
  readonly inputmode?: 'numeric' | 'decimal'
  /** For a code that is typed digit by digit. */
  readonly large?: boolean
  readonly min?: number | string
  readonly max?: number | string
  readonly readonly?: boolean
}

export const TextField = ({ value, type = 'text', autocomplete = 'off', large, ...field }: TextFieldProps) => {
  const { placeholder, maxlength, inputmode, min, max, readonly, autofocus } = field
  return (
    <Field {...field}>
      <input
        class={large ? 'input code-input' : 'input'}
        type={type}
        value={value ?? ''}
        autocomplete={autocomplete}
        {...{ placeholder, maxlength, inputmode, min, max, readonly, autofocus }}
        {...controlOf(field)}
      />
    </Field>
  )
}

interface TextAreaProps extends FieldProps {
  readonly value?: string | null | undefined
  readonly rows?: number
  readonly placeholder?: string
  readonly maxlength?: number
}

export const TextArea = ({ value, rows = 3, placeholder, maxlength, ...field }: TextAreaProps) => (
  <Field {...field}>
    <textarea class="input" rows={rows} placeholder={placeholder} maxlength={maxlength} {...controlOf(field)}>
      {value ?? ''}
    </textarea>
  </Field>
)

interface FileFieldProps extends FieldProps {
  /** As in `.csv,text/csv`. */
  readonly accept: string
}

export const FileField = ({ accept, ...field }: FileFieldProps) => (
  <Field {...field}>
    <input class="input file" type="file" accept={accept} {...controlOf(field)} />
  </Field>
)

export interface Option {
  readonly value: string
  readonly name: string
  readonly hint?: string
  readonly disabled?: boolean
}

interface SelectFieldProps extends FieldProps {
  readonly options: readonly Option[]
  readonly value?: string | null | undefined
}

export const SelectField = ({ options, value, ...field }: SelectFieldProps) => (
  <Field {...field}>
    <Select options={options} value={value} {...controlOf(field)} />
  </Field>
)

interface SelectProps {
  readonly options: readonly Option[]
  readonly value?: string | null | undefined
  readonly id?: string | undefined
  readonly name: string
  readonly 'aria-label'?: string | undefined
}

/** On its own, as in a toolbar, it takes its name from `aria-label`. */
export const Select = ({ options, value, ...rest }: SelectProps) => (
  <select class="input select" {...rest}>
    {options.map((option) => (
      <option value={option.value} selected={option.value === value} disabled={option.disabled}>
        {option.name}
      </option>
    ))}
  </select>
)

interface CheckboxProps {
  readonly name: string
  readonly value?: string
  readonly label: string
  readonly hint?: string | undefined
  readonly checked?: boolean | undefined
  readonly disabled?: boolean | undefined
}

export const Checkbox = ({ name, value = 'on', label, hint, checked, disabled }: CheckboxProps) => (
  <label class="choice">
    <input type="checkbox" name={name} value={value} checked={checked} disabled={disabled} />
    <ChoiceText label={label} hint={hint} />
  </label>
)

interface ChoicesProps {
  readonly name: string
  readonly legend: string
  readonly options: readonly Option[]
  /** The one, or with `multiple` those, that are chosen. */
  readonly chosen: readonly string[]
  readonly multiple?: boolean
  readonly error?: string | null | undefined
}

/** One of several, or several of many, all in view. */
export const Choices = ({ name, legend, options, chosen, multiple = false, error }: ChoicesProps) => (
  <fieldset class="field" aria-describedby={hasError(error) ? `${name}-error` : undefined}>
    <legend>{legend}</legend>
    <About id={name} error={error} />
    {options.map(({ value, name: label, hint, disabled }) => (
      <label class="choice">
        <input
          type={multiple ? 'checkbox' : 'radio'}
          name={name}
          value={value}
          checked={chosen.includes(value)}
          disabled={disabled}
        />
        <ChoiceText label={label} hint={hint} />
      </label>
    ))}
  </fieldset>
)

const ChoiceText = ({ label, hint }: { readonly label: string; readonly hint: string | undefined }) => (
  <span>
    {label}
    {hint !== undefined && <span class="hint">{hint}</span>}
  </span>
)
