export interface NamedDirectory {
  /** The name of the binding. */
  readonly name: string
  readonly database: D1Database
}

/** All directories of the deployment. */
export const directoriesOf = ({ DIRECTORY }: { readonly DIRECTORY: D1Database }): readonly NamedDirectory[] => [
  { name: 'DIRECTORY', database: DIRECTORY },
]
