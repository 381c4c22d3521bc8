/**
 * NuGet's service index (v3) with what a push of symbol packages asks it for. `dotnet nuget push` wants a place for
 * packages too, though it sends nothing there when the package is a `.snupkg`.
 */
export function nugetIndex(address: string): object {
  return {
    version: '3.0.0',
    resources: [
      { '@id': `${address}/api/v2/symbolpackage`, '@type': 'SymbolPackagePublish/4.9.0' },
      { '@id': `${address}/api/v2/package`, '@type': 'PackagePublish/2.0.0' },
    ],
  }
}
