/** A file with one compound class: a list of parts, an action with a range of arguments, a repeated call. */
export const CLASSES = `compound_components:
  version: 0.4
  classes:
    - name: box
      attributes: {w: "must_specify"}
      subcomponents:
        - {name: "x[0..w-1]", class: add, attributes: {width: w}, energy_scale: 0.5, area_scale: 2}
      actions:
        - name: go
          arguments: {n: 0..w}
          subcomponents:
            - name: x[0]
              actions:
                - {name: add, arguments: {k: n}, repeat: 3}
`;
